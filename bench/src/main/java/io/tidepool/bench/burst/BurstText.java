package io.tidepool.bench.burst;

import io.tidepool.agent.cli.Table;
import io.tidepool.agent.cli.Units;
import io.tidepool.bench.RateConverter;
import io.tidepool.bench.lab.Machine;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What {@code bench burst} tells people. */
final class BurstText {
    private final PrintWriter out;

    BurstText(PrintWriter out) {
        this.out = out;
    }

    void opening(Machine machine, BurstPlan plan) {
        say("""
            One model, many hosts, all at once. Hosts are network namespaces with shaped links; the bucket is
            an emulator, not OSS; all of them share this machine: read the ratios beside the CPU use.

              machine   %d processors, %s of memory, load %.1f; caches on %s
              software  %s
              model     %s in %d shards
              links     %s a host, bucket %s, file server %s%s%s
            """.formatted(
                machine.processors(),
                Units.bytes(machine.memoryBytes()),
                machine.loadBefore(),
                machine.fileSystem(),
                machine.version(),
                Units.bytes(plan.sizeBytes()),
                plan.shards(),
                RateConverter.text(plan.nicBits()),
                RateConverter.text(plan.ossBits()),
                RateConverter.text(plan.nasBits()),
                plan.latency().isZero() ? "" : ", bucket " + plan.latency().toMillis() + " ms away",
                plan.tls() ? "; mutual TLS between agents" : ""));
    }

    /** At once: what comes later may fail. */
    void done(BurstRun run) {
        say("%s, %d hosts, %s: %s to %s, amplification %.3f"
                .formatted(
                        run.mode(),
                        run.hosts(),
                        run.scenario(),
                        seconds(run.fastestSeconds()),
                        seconds(run.slowestSeconds()),
                        run.originAmplification()));
        if (!run.peerCounts().isEmpty()) {
            say("  " + counts(run.peerCounts()));
        }
        failures(run);
    }

    /** By what is counted: {@code tracker_decisions: from 440, lease 64; peer_fetches: done 448}. */
    private static String counts(Map<String, Long> peerCounts) {
        Map<String, List<String>> byName = new TreeMap<>();
        peerCounts.forEach((what, count) -> {
            String[] words = what.split("\\.", 2);
            byName.computeIfAbsent(words[0], _ -> new ArrayList<>()).add(words[1] + " " + count);
        });
        return byName.entrySet().stream()
                .map(each -> each.getKey() + ": " + String.join(", ", each.getValue()))
                .collect(Collectors.joining("; "));
    }

    void results(List<BurstRun> runs) {
        Table table = new Table(
                ">hosts",
                "mode",
                "what",
                ">slowest",
                ">fastest",
                ">mean",
                ">median",
                ">stddev",
                ">of the bound",
                ">slow/fast",
                ">amplification",
                ">CPU",
                "found in");
        for (BurstRun run : runs) {
            table.row(
                    Integer.toString(run.hosts()),
                    run.mode(),
                    run.scenario(),
                    seconds(run.slowestSeconds()),
                    seconds(run.fastestSeconds()),
                    seconds(run.meanSeconds()),
                    seconds(run.medianSeconds()),
                    seconds(run.stddevSeconds()),
                    two(run.slowestToBound()) + " ×",
                    two(run.slowestToFastest()),
                    String.format(Locale.ROOT, "%.3f", run.originAmplification()),
                    percent(run.cpuShare()),
                    found(run.foundBytes()));
        }
        say("\n" + table);
    }

    private void failures(BurstRun run) {
        for (HostLoad load : run.loads()) {
            if (!load.isGood()) {
                say("%s, %d hosts, %s: %s"
                        .formatted(
                                run.mode(),
                                run.hosts(),
                                load.host(),
                                load.wrongBytes() ? "WRONG BYTES" : "read failed: " + load.failure()));
            }
        }
    }

    private static String found(Map<String, Long> bytes) {
        double all = bytes.values().stream().mapToLong(Long::longValue).sum();
        StringBuilder text = new StringBuilder();
        bytes.forEach((tier, count) -> {
            if (count > 0) {
                text.append(text.isEmpty() ? "" : ", ").append(tier).append(' ').append(percent(count / all));
            }
        });
        return text.toString();
    }

    private static String seconds(double seconds) {
        return two(seconds) + " s";
    }

    private static String two(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    void say(String what) {
        out.println(what);
        out.flush();
    }
}
