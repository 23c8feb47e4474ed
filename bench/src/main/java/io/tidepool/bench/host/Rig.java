package io.tidepool.bench.host;

import io.tidepool.agent.cli.CommandFailure;
import io.tidepool.bench.lab.AgentSetup;
import io.tidepool.bench.lab.Cpu;
import io.tidepool.bench.lab.ForkedAgent;
import io.tidepool.bench.lab.ForkedEmulator;
import io.tidepool.bench.lab.PageCache;
import io.tidepool.bench.lab.Workspace;
import io.tidepool.emulator.EmulatorOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is measured, and with what: bucket, agent and clients are processes of their own, so that CPU time can be told
 * apart. Used by one thread.
 */
final class Rig {
    private static final String KEY = "bench.bin";
    private static final long SPARE_BYTES = 256L << 20;
    private static final long LANDING_BYTES = 256L << 20;
    /** The agent may still store the last chunks when the last reader has its bytes. */
    private static final int SETTLE_MILLIS = 250;

    private final Workspace workspace;
    private final ForkedEmulator emulator;
    private final ForkedAgent agent;
    private final long size;

    private Rig(Workspace workspace, ForkedEmulator emulator, ForkedAgent agent, long size) {
        this.workspace = workspace;
        this.emulator = emulator;
        this.agent = agent;
        this.size = size;
    }

    /** The space that it takes: the cache and a copy. */
    static long diskBytes(long size) {
        return 2 * size + 2 * SPARE_BYTES;
    }

    /** Starts a bucket with one object of {@code size} bytes, and an agent that mounts it; {@code workspace} ends them. */
    static Rig start(Workspace workspace, long size) throws InterruptedException {
        // curl can't sign.
        ForkedEmulator emulator = ForkedEmulator.start(workspace, "--unsigned");
        emulator.put(KEY, size);
        AgentSetup setup = new AgentSetup(
                workspace.directory(),
                emulator.endpoint(),
                EmulatorOptions.DEFAULT_REGION,
                EmulatorOptions.DEFAULT_BUCKET,
                size + SPARE_BYTES,
                LANDING_BYTES,
                true);
        ForkedAgent agent = ForkedAgent.start(workspace, setup, EmulatorOptions.DEFAULT_KEY);
        return new Rig(workspace, emulator, agent, size);
    }

    long size() {
        return size;
    }

    long agentPid() {
        return agent.pid();
    }

    /** The object in the mount. */
    Path file() {
        return agent.file(KEY);
    }

    /** The object in the bucket. */
    URI url() {
        return emulator.endpoint().resolve("/" + EmulatorOptions.DEFAULT_BUCKET + "/" + KEY);
    }

    /** A plain file beside the cache, for what does without the agent. */
    Path plainFile() {
        return workspace.directory().resolve("plain.bin");
    }

    /** Neither the agent nor the kernel has anything of it. */
    void makeCold() throws IOException, InterruptedException {
        agent.makeCold(List.of(KEY));
    }

    /** The agent has all of it, the kernel nothing of the mount's file. */
    void makeFirstTouch() throws IOException, InterruptedException {
        agent.dropPageCache(List.of(KEY));
    }

    /** Limits the bucket; 0: not. */
    void shape(long bytesPerSecond) throws InterruptedException {
        emulator.shape(bytesPerSecond);
    }

    /** Writes the object's bytes to the plain file, by way of the mount, which so is warm. */
    void copyToPlainFile() throws IOException, InterruptedException {
        try (InputStream in = Files.newInputStream(file());
                OutputStream out = Files.newOutputStream(plainFile())) {
            in.transferTo(out);
        }
        PageCache.flush(workspace.directory());
    }

    void deletePlainFile() throws IOException {
        Files.deleteIfExists(plainFile());
    }

    /**
     * Runs clients, all at once, and measures until the last one ends.
     *
     * @param deliveredBytes that they get together
     * @throws CommandFailure if one of them fails
     */
    Run measure(List<List<String>> clients, long deliveredBytes) throws IOException, InterruptedException {
        emulator.resetCounters();
        double agentBefore = Cpu.ofProcess(agent.pid());
        double emulatorBefore = Cpu.ofProcess(emulator.pid());
        double clientsBefore = Cpu.ofEndedChildren();
        double machineBefore = Cpu.ofMachine();
        long start = System.nanoTime();
        run(clients);
        double seconds = (System.nanoTime() - start) / 1e9;
        double machine = Cpu.ofMachine() - machineBefore;
        double client = Cpu.ofEndedChildren() - clientsBefore;
        double bucket = Cpu.ofProcess(emulator.pid()) - emulatorBefore;
        double agentUntilNow = Cpu.ofProcess(agent.pid()) - agentBefore;
        double others = (machine - client - bucket - agentUntilNow)
                / (seconds * Runtime.getRuntime().availableProcessors());
        Thread.sleep(SETTLE_MILLIS);
        return new Run(
                seconds,
                deliveredBytes,
                client,
                Cpu.ofProcess(agent.pid()) - agentBefore,
                bucket,
                Math.clamp(others, 0, 1),
                emulator.bytesSent());
    }

    private void run(List<List<String>> clients) throws IOException, InterruptedException {
        Path complaints = workspace.directory().resolve("clients.log");
        List<Process> processes = new ArrayList<>();
        try {
            for (List<String> client : clients) {
                processes.add(new ProcessBuilder(client)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(complaints.toFile())
                        .start());
            }
            for (Process process : processes) {
                if (process.waitFor() != 0) {
                    throw new CommandFailure("a client failed: "
                            + Files.readString(complaints)
                                    .lines()
                                    .findFirst()
                                    .orElse("exit code " + process.exitValue()));
                }
            }
        } finally {
            processes.forEach(Process::destroy);
        }
    }
}
