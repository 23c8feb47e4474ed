package io.tidepool.bench.demo;

import io.tidepool.agent.cli.Table;
import io.tidepool.agent.cli.Units;
import io.tidepool.bench.lab.BucketModel;
import io.tidepool.bench.lab.ForkedAgent;
import io.tidepool.bench.lab.ForkedEmulator;
import io.tidepool.proto.v1.Tier;
import java.io.PrintStream;
import java.io.PrintWriter;
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
                Tidepool demo: an agent loads a model from a bucket, and every byte that comes
                out is compared with the bucket's. The bucket is an emulator on this machine,
                not OSS: nothing leaves the machine, and nothing is left on it.
                """);
    }

    /** Shows what takes time, until the next thing is said. */
    void busy(String what) {
        if (live) {
            terminal.print("  " + what + " …");
        }
    }

    void scene(ForkedEmulator bucket, BucketModel model, ForkedAgent agent, boolean mount) {
        Table table = new Table("", "");
        table.row("  bucket", bucket.endpoint() + ", a process of its own, pid " + bucket.pid());
        table.row(
                "  model",
                "%s in %d safetensors shards, %d tensors, synthetic weights"
                        .formatted(
                                Units.bytes(model.sizeBytes()),
                                model.shardKeys().size(),
                                model.tensorCount()));
        table.row("  agent", "a process of its own, pid " + agent.pid());
        table.row("  cache", agent.cacheDirectory().toString());
        table.row("  mount", mount ? agent.mountPoint().toString() : "none (--no-mount)");
        say(table.toString());
    }

    Progress progress(Demo.Phase phase, long totalBytes) {
        return live ? Progress.on(terminal, phase.name(), totalBytes) : Progress.silent();
    }

    void done(PhaseResult result, String what) {
        if (live) {
            terminal.print("\r\033[K");
        }
        String line =
                String.format(Locale.ROOT, "✓ %-14s %-51s %9s", result.name(), what, Units.duration(result.time()));
        out.println(line);
        out.flush();
    }

    void results(List<PhaseResult> results) {
        Table table =
                new Table("load", ">bytes", ">time", ">rate", ">memory", ">disk", ">peers", ">origin", ">amplif.");
        for (PhaseResult result : results) {
            table.row(
                    result.name(),
                    Units.bytes(result.bytes()),
                    Units.duration(result.time()),
                    Units.rate(result.bytes(), result.time()),
                    share(result, Tier.TIER_MEMORY),
                    share(result, Tier.TIER_DISK),
                    share(result, Tier.TIER_PEER),
                    share(result, Tier.TIER_ORIGIN),
                    String.format(Locale.ROOT, "%.2f", result.originAmplification()));
        }
        long compared = results.stream().mapToLong(PhaseResult::bytes).sum();
        say("\n" + table + """

                Where the agent found the bytes when they were asked for:
                  memory   just landed from the bucket: the agent reads ahead
                  disk     in its cache files: loaded before, or streamed ahead
                  peers    not here yet: the loader waited for another host
                  origin   not here yet: the loader waited for the bucket
                amplif.    origin amplification: what the bucket sent ÷ size of the model.
                           1.00: each byte came once, also for all hosts of a burst
                           together. 0.00: nothing was asked for.
                Before each load the kernel was made to forget the mount's pages, so the
                agent had to answer. Times include comparing the bytes.

                """ + "✓ " + Units.bytes(compared) + " compared with the bucket's own bytes: all equal.\n");
    }

    /** Of all that the agent handed out; bytes that the kernel had anyway would be missing from the sum. */
    private static String share(PhaseResult result, Tier tier) {
        return Math.round(100.0 * result.found(tier) / result.servedBytes()) + "%";
    }

    void whatNext(boolean mounted) {
        say("What to try next:\n"
                + "  ./tidepool demo --size 4GiB --keep   a bigger model; it stays for a look\n"
                + (mounted ? "" : "  ./tidepool demo                      with a mount, where there is /dev/fuse\n")
                + "  ./tidepool bench host                beside curl and the local disk\n"
                + "  ./tidepool bench burst --mode all    four hosts with real links at once, beside a file\n"
                + "                                       server, a chain and each for itself (root)\n"
                + "  ./tidepool agent --config FILE       your own bucket; FILE is explained in\n"
                + "                                       deploy/tidepool.example.yaml");
    }

    void kept(ForkedAgent agent, boolean mounted) {
        String path = agent.path(BucketModel.NAME);
        say("\nAll of it keeps running, until Ctrl-C. In another terminal:\n\n"
                + "  cd " + agent.socket().getParent() + "\n"
                + (mounted ? "  ls -l mnt" + path + "\n" : "")
                + "  cat tidepool.yaml agent.log emulator.log\n\n"
                + "and, where the sources are:\n\n"
                + "  export TIDEPOOL_SOCKET=" + agent.socket() + "\n"
                + "  ./tidepool ls " + path + "\n"
                + "  ./tidepool status\n"
                + "  ./tidepool report");
    }

    private void say(String text) {
        if (live) {
            terminal.print("\r\033[K");
        }
        out.println(text);
        out.flush();
    }
}
