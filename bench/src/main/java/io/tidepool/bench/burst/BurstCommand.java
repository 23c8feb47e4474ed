package io.tidepool.bench.burst;

import io.tidepool.agent.cli.CommandFailure;
import io.tidepool.bench.RateConverter;
import io.tidepool.bench.SizeConverter;
import io.tidepool.bench.lab.JsonFile;
import io.tidepool.bench.lab.Machine;
import io.tidepool.bench.lab.Mounts;
import io.tidepool.bench.lab.Network;
import io.tidepool.bench.lab.ProgressLine;
import io.tidepool.bench.lab.Workspace;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tidepool bench burst}: a table for people, JSON for programs, a chart for both. */
@Command(
        name = "burst",
        header = "Many hosts that load one model at once, beside what one would do without Tidepool.",
        description = {
            "",
            "Starts hosts (network namespaces on a bridge, each link shaped both ways), a bucket behind a link of its"
                    + " own, and an agent with a mount on each host; then one program a host reads the whole model through"
                    + " its mount, all at once, page caches cold, and every file's checksum is compared with the"
                    + " bucket's.",
            "Modes: tidepool; direct (the same agents, each alone); nas (every host reads one file server over HTTP);"
                    + " chain (host i+1 copies each block from host i as it arrives). Needs root.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  tidepool bench burst --hosts 8 --nic 200Mbit --oss 400Mbit --size 512MiB --mode all",
            "  tidepool bench burst --hosts 4,8,16 --mode tidepool,chain --json burst.json --chart burst",
            "",
            "Exit codes: 0 every byte was right, 1 not, 2 wrong usage."
        })
public final class BurstCommand implements Callable<Integer> {
    private static final int MOST_HOSTS = 64;
    private static final long LEAST_BYTES = 1 << 20;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--hosts",
            paramLabel = "N",
            split = ",",
            defaultValue = "4",
            description =
                    "How many hosts; several numbers, with commas, for one burst each (default: ${DEFAULT-VALUE}).")
    List<Integer> hosts = List.of();

    @Option(
            names = "--nic",
            paramLabel = "RATE",
            defaultValue = "200Mbit",
            converter = RateConverter.class,
            description = "Each host's link (default: ${DEFAULT-VALUE}).")
    long nic;

    @Option(
            names = "--oss",
            paramLabel = "RATE",
            defaultValue = "400Mbit",
            converter = RateConverter.class,
            description = "The bucket's link (default: ${DEFAULT-VALUE}).")
    long oss;

    @Option(
            names = "--nas",
            paramLabel = "RATE",
            converter = RateConverter.class,
            description = "The file server's link (default: as the bucket's).")
    @Nullable
    Long nas;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "256MiB",
            converter = SizeConverter.class,
            description = "Size of the model (default: ${DEFAULT-VALUE}).")
    long size;

    @Option(
            names = "--shards",
            paramLabel = "N",
            defaultValue = "4",
            description = "Files that the model is cut into (default: ${DEFAULT-VALUE}).")
    int shards;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            split = ",",
            defaultValue = "tidepool",
            description = "tidepool, direct, nas, chain, or all; several with commas (default: ${DEFAULT-VALUE}).")
    List<String> modes = List.of();

    @Option(
            names = "--latency",
            paramLabel = "MILLISECONDS",
            defaultValue = "0",
            description = "From a request to the bucket to its first byte (default: ${DEFAULT-VALUE}).")
    int latencyMillis;

    @Option(
            names = "--stagger",
            paramLabel = "MILLISECONDS",
            defaultValue = "0",
            description = "Between the starts of two hosts (default: ${DEFAULT-VALUE}).")
    int staggerMillis;

    @Option(
            names = "--scenario",
            paramLabel = "NAME",
            split = ",",
            defaultValue = "burst",
            description = "burst, staggered (a host every 2 s), late-join (the last host joins when the first is done),"
                    + " restart (the second load, after a restart of all agents), overlap (6 of 24 models a host, of"
                    + " SIZE together); several with commas (default: burst).")
    List<Scenario> scenarios = List.of();

    @Option(
            names = "--fault",
            paramLabel = "NAME",
            split = ",",
            description = "A fault during one more burst: kill, kill-tracker, stop (30 s), partition (20 s), slow-link,"
                    + " origin-503 (20 s), lie (a cache rots), another-version (a cache has other objects' bytes), short"
                    + " (a cache is cut), busy; several with commas, one burst each.")
    List<Fault> faults = List.of();

    @Option(
            names = "--victim",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "The host that a fault befalls, from 1; kill-tracker looks for one itself, and a partition is one"
                            + " of halves (default: the one in the middle).")
    int victim;

    @Option(
            names = "--tls",
            description = "Agents talk to each other over mutual TLS, with certificates made for the run.")
    boolean tls;

    @Option(
            names = "--warmup",
            paramLabel = "SIZE",
            defaultValue = "128MiB",
            converter = SizeConverter.class,
            description =
                    "Size of another model that all load first, unmeasured and unshaped, so that class loading and"
                            + " compilation aren't measured; 0: none (default: ${DEFAULT-VALUE}).")
    long warmup;

    @Option(
            names = "--rehearsals",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Bursts of another such model before the one that counts, for agents that run for weeks: their code is"
                            + " compiled, as little of it is after a warm-up (default: ${DEFAULT-VALUE}).")
    int rehearsals;

    @Option(names = "--json", paramLabel = "FILE", description = "Write every load and the summaries there.")
    @Nullable
    Path json;

    @Option(
            names = "--chart",
            paramLabel = "PREFIX",
            description = "Draw load time against hosts, into PREFIX.png and PREFIX.svg.")
    @Nullable
    Path chart;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Where to put the caches for the time being (default: the system's temporary directory).")
    @Nullable
    Path directory;

    @Override
    public Integer call() throws InterruptedException {
        int most = Collections.max(hosts);
        require(Collections.min(hosts) >= 1 && most <= MOST_HOSTS, "--hosts must be from 1 to " + MOST_HOSTS);
        require(nic > 0 && oss > 0 && (nas == null || nas > 0), "links must be above 0");
        require(shards >= 1 && size / shards >= LEAST_BYTES, "--size must be at least 1 MiB a shard");
        require(warmup == 0 || warmup / shards >= LEAST_BYTES, "--warmup must be 0, or at least 1 MiB a shard");
        require(rehearsals >= 0, "--rehearsals can't be below 0");
        require(latencyMillis >= 0 && staggerMillis >= 0, "times can't be below 0");
        require(
                victim >= 0 && victim <= Collections.min(hosts),
                "--victim must be one of the hosts, from 1 to --hosts");
        require(victim == 0 || !faults.isEmpty(), "--victim needs a --fault");
        List<Mode> wanted = modes();
        for (Fault fault : faults) {
            require(
                    fault.noticedAs().isEmpty()
                            || (wanted.equals(List.of(Mode.TIDEPOOL)) && Collections.min(hosts) > 1),
                    "--fault " + fault + " is one that peers notice: it needs --mode tidepool and 2 hosts");
        }
        Mounts.requireFuse("There is nothing to measure without mounts.");
        Network.require();
        return Workspace.with(
                "tidepool-burst-",
                directory,
                Fleet.diskBytes(most, size + Math.max(size, warmup)),
                workspace -> run(workspace, most, wanted));
    }

    private List<Mode> modes() {
        if (modes.equals(List.of("all"))) {
            return List.of(Mode.values());
        }
        return modes.stream().map(this::mode).toList();
    }

    private Mode mode(String name) {
        require(
                Arrays.stream(Mode.values()).anyMatch(mode -> mode.id().equals(name)),
                "there is no mode '" + name + "': choose tidepool, direct, nas, chain or all");
        return Mode.valueOf(name.toUpperCase(Locale.ROOT));
    }

    private void run(Workspace workspace, int most, List<Mode> wanted) throws Exception {
        BurstPlan plan = new BurstPlan(
                nic,
                oss,
                nas == null ? oss : nas,
                size,
                shards,
                Duration.ofMillis(latencyMillis),
                Duration.ofMillis(staggerMillis),
                warmup,
                rehearsals,
                tls,
                victim);
        BurstText text = new BurstText(spec.commandLine().getOut());
        Machine machine = Machine.here(workspace.directory(), Fleet.agentFlags(tls));
        String started = Instant.now().toString();
        text.opening(machine, plan);
        Consumer<String> progress = ProgressLine.ofSystem();
        Burst burst = new Burst(Fleet.start(workspace, most, size + Math.max(size, warmup), tls), plan, progress);
        List<BurstRun> runs = new ArrayList<>();
        for (int count : hosts) {
            for (Mode mode : wanted) {
                for (Scenario scenario : scenarios) {
                    runs.add(run(burst, mode, count, scenario, Fault.NONE, text));
                }
                for (Fault fault : faults) {
                    runs.add(run(burst, mode, count, Scenario.BURST, fault, text));
                }
            }
        }
        progress.accept("");
        text.results(runs);
        if (json != null) {
            JsonFile.write(json, BurstReport.of(plan, started, machine, runs));
            text.say("JSON: " + json);
        }
        if (chart != null) {
            text.say("Charts: " + BurstChart.draw(chart, runs));
        }
        if (!runs.stream().allMatch(BurstRun::isGood)) {
            throw new CommandFailure("a load failed, or got wrong bytes");
        }
    }

    private static BurstRun run(Burst burst, Mode mode, int hosts, Scenario scenario, Fault fault, BurstText text)
            throws Exception {
        BurstRun run = burst.run(mode, hosts, scenario, fault);
        text.done(run);
        return run;
    }

    private void require(boolean good, String message) {
        if (!good) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }
}
