package io.tidepool.bench.demo;

import io.tidepool.agent.cli.Table;
import io.tidepool.agent.cli.Units;
import io.tidepool.bench.lab.ForkedAgent;
import io.tidepool.proto.v1.Tier;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.URI;
import java.util.List;
import java.util.Locale;

/** All that the demo says. It supposes a reader who has never heard of Tidepool. */
final class DemoText {
    private final PrintWriter out;
    private final PrintStream terminal;
    private final boolean live;

    /**
     * @param out for what stays
     * @param terminal for progress bars
     * @param live whether somebody watches {@code terminal}
     */
    DemoText(PrintWriter out, PrintStream terminal, boolean live) {
        this.out = out;
        this.terminal = terminal;
        this.live = live;
    }

    void opening() {
        say("""
                Tidepool demo: an agent loads a model from a bucket, and every byte is compared with the bucket's.
                The bucket is an emulator inside this process, not OSS: nothing leaves this machine.
                """);
    }

    void scene(URI endpoint, DemoModel model, ForkedAgent agent, boolean mount) {
        Table table = new Table("", "");
        table.row("  bucket", "emulated at " + endpoint);
        table.row(
                "  model",
                "%s in %d safetensors shards, %d tensors, synthetic weights"
                        .formatted(
                                Units.bytes(model.sizeBytes()),
                                model.shardKeys().size(),
                                model.tensorCount()));
        table.row("  agent", "a process of its own (pid " + agent.pid() + "), cache in " + agent.cacheDirectory());
        table.row("  mount", mount ? agent.mountPoint().toString() : "none (--no-mount)");
        say(table.toString());
    }

    Progress progress(String task, long totalBytes) {
        return live ? Progress.on(terminal, task, totalBytes) : Progress.silent();
    }

    void done(int number, int of, PhaseResult result) {
        out.printf(
                Locale.ROOT,
                "  %d/%d %-38s %8s  %12s%n",
                number,
                of,
                result.name(),
                Units.duration(result.time()),
                Units.rate(result.bytes(), result.time()));
        out.flush();
    }

    void results(List<PhaseResult> results) {
        Table table = new Table(
                "load",
                ">bytes",
                ">time",
                ">rate",
                ">memory",
                ">disk",
                ">origin",
                ">from the bucket",
                ">amplification");
        for (PhaseResult result : results) {
            table.row(
                    result.name(),
                    Units.bytes(result.bytes()),
                    Units.duration(result.time()),
                    Units.rate(result.bytes(), result.time()),
                    share(result, Tier.TIER_MEMORY),
                    share(result, Tier.TIER_DISK),
                    share(result, Tier.TIER_ORIGIN),
                    Units.bytes(result.originBytes()),
                    String.format(Locale.ROOT, "%.2f", result.originAmplification()));
        }
        long compared = results.stream().mapToLong(PhaseResult::bytes).sum();
        say("\n" + table + """

                Where the agent found the bytes when the loader asked for them:
                  memory   just landed from the bucket, because the agent had read ahead
                  disk     in the agent's cache files (which the kernel may hold in memory)
                  origin   not here yet: the loader waited for the bucket
                Cold: neither the agent nor the kernel had any of it. Warm: the agent had all, the kernel's page cache of
                the mount was emptied. Amplification: bytes from the bucket ÷ size of the model; 1.00 is each byte once.
                Times include the comparing.

                """ + "✓ " + Units.bytes(compared) + " compared with the bucket's own bytes: all equal.\n");
    }

    /** Bytes that the kernel had already are in no tier; then the shares don't add up to 100 %. */
    private static String share(PhaseResult result, Tier tier) {
        return Math.round(100.0 * result.found(tier) / result.servedBytes()) + "%";
    }

    void whatNext(boolean mounted) {
        say(
                "What to try next:\n"
                        + "  ./tidepool demo --size 4GiB --keep     a bigger model, left running for you to look around\n"
                        + (mounted
                                ? ""
                                : "  ./tidepool demo                        with a mount, on a machine that has /dev/fuse\n")
                        + "  ./tidepool bench host                  against curl and the local disk, side by side\n"
                        + "  ./tidepool agent --config FILE         your own bucket: start from deploy/tidepool.example.yaml\n");
    }

    void kept(ForkedAgent agent, boolean mounted) {
        String address = " --address " + agent.socket();
        say("Still running, until Ctrl-C. In another terminal:\n"
                + (mounted ? "  ls -l " + agent.file(DemoModel.NAME) + "\n" : "")
                + "  ./tidepool ls" + address + " " + agent.path(DemoModel.NAME) + "\n"
                + "  ./tidepool status" + address + "\n"
                + "  ./tidepool report" + address + "\n"
                + "Its configuration is " + agent.configFile() + ".\n");
    }

    private void say(String text) {
        out.println(text);
        out.flush();
    }
}
