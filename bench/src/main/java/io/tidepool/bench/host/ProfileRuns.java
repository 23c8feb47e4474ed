package io.tidepool.bench.host;

import io.tidepool.agent.cli.CommandFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Records the agent with JFR while it serves, cold reads and warm ones, and prints where its time went. */
final class ProfileRuns {
    private static final int PASSES = 5;
    private static final int SLOW_PASSES = 2;

    private final Rig rig;
    private final Path directory;
    private final Consumer<String> progress;
    private final PrintWriter out;

    ProfileRuns(Rig rig, Path directory, Consumer<String> progress, PrintWriter out) {
        this.rig = rig;
        this.directory = directory.toAbsolutePath();
        this.progress = progress;
        this.out = out;
    }

    /** @param shapedBytesPerSecond the bandwidth of a slow bucket, whose bytes come in smaller pieces */
    void run(long shapedBytesPerSecond) throws IOException, InterruptedException {
        rig.shape(0, 0);
        record("cold", PASSES, rig::makeCold);
        rig.shape(shapedBytesPerSecond, 0);
        record("cold_shaped", SLOW_PASSES, rig::makeCold);
        record("warm", PASSES, rig::makeFirstTouch);
    }

    private void record(String name, int passes, Alternative.Step before) throws IOException, InterruptedException {
        Path file = directory.resolve(name + ".jfr");
        progress.accept("recording " + name + " reads");
        // CPU time samples (JEP 509) see native code too, where most of this agent's time is; the usual ones don't.
        jcmd(
                "JFR.start",
                "name=" + name,
                "settings=profile",
                "jdk.CPUTimeSample#enabled=true",
                "jdk.CPUTimeSample#throttle=5ms");
        double seconds = 0;
        for (int i = 0; i < passes; i++) {
            before.run();
            seconds += rig.measure(List.of(ClientCommand.read(rig.file())), rig.size())
                    .seconds();
        }
        jcmd("JFR.stop", "name=" + name, "filename=" + file);
        progress.accept("");
        out.print(Profile.read(file).describe(name, passes * rig.size(), seconds));
        out.println("Recording: " + file);
        out.flush();
    }

    private void jcmd(String... command) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        line.add(Long.toString(rig.agentPid()));
        line.addAll(Arrays.asList(command));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new CommandFailure("jcmd " + command[0] + " failed: "
                    + said.lines().reduce((_, last) -> last).orElse(""));
        }
    }
}
