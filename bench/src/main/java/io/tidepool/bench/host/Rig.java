package io.tidepool.bench.host;

import io.tidepool.agent.cli.CommandFailure;
import io.tidepool.bench.lab.AgentSetup;
import io.tidepool.bench.lab.Cpu;
import io.tidepool.bench.lab.ForkedAgent;
import io.tidepool.bench.lab.ForkedEmulator;
import io.tidepool.bench.lab.PageCache;
import io.tidepool.bench.lab.WarmMemory;
import io.tidepool.bench.lab.Workspace;
import io.tidepool.emulator.EmulatorOptions;
import io.tidepool.emulator.SafetensorsModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * What is measured, and with what: bucket, agent and clients are processes of their own, so that CPU time can be told
 * apart. Used by one thread.
 */
final class Rig {
    private static final String KEY = "bench.bin";
    private static final String LARGE_KEY = "large.safetensors";
    /** Of one shard of a large model. Only its first chunks are ever read. */
    static final long LARGE_BYTES = 5L << 30;

    private static final long SEED = 1;
    private static final long SPARE_BYTES = 256L << 20;
    private static final long LANDING_BYTES = 256L << 20;
    /** The agent may still store the last chunks when the last reader has its bytes. */
    private static final int SETTLE_MILLIS = 250;

    private final Workspace workspace;
    private final ForkedEmulator emulator;
    private final ForkedAgent agent;
    private final long size;
    private final SafetensorsModel model;

    private Rig(Workspace workspace, ForkedEmulator emulator, ForkedAgent agent, long size) {
        this.workspace = workspace;
        this.emulator = emulator;
        this.agent = agent;
        this.size = size;
        this.model = SafetensorsModel.of("model/", size, SafetensorsModel.usualShards(size));
    }

    /** The space that it takes: the cache and a copy. */
    static long diskBytes(long size) {
        return 2 * size + 2 * SPARE_BYTES;
    }

    /**
     * Starts a bucket with one object of {@code size} bytes, a model as large and one object that is much larger, and an
     * agent that mounts it; {@code workspace} ends them.
     */
    static Rig start(Workspace workspace, long size) throws InterruptedException {
        // curl can't sign.
        ForkedEmulator emulator = ForkedEmulator.start(workspace, "--unsigned", "--model=" + size);
        emulator.put(KEY, size);
        emulator.put(LARGE_KEY, LARGE_BYTES);
        AgentSetup setup =
                new AgentSetup(workspace.directory(), emulator.endpoint(), size + SPARE_BYTES, LANDING_BYTES, true);
        ForkedAgent agent = ForkedAgent.start(workspace, setup);
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
        return url(KEY);
    }

    private URI url(String key) {
        return emulator.endpoint().resolve("/" + EmulatorOptions.DEFAULT_BUCKET + "/" + key);
    }

    /** The much larger object in the mount. */
    Path largeFile() {
        return agent.file(LARGE_KEY);
    }

    /** The much larger object in the bucket. */
    URI largeUrl() {
        return url(LARGE_KEY);
    }

    /** Reads all tensors of the model through the mount, as they lie in the files or in an order that has none. */
    List<String> tensorReader(boolean shuffled) throws IOException {
        List<SafetensorsModel.Tensor> tensors = new ArrayList<>(model.tensors());
        if (shuffled) {
            Collections.shuffle(tensors, new Random(SEED));
        }
        Path script = workspace.directory().resolve(shuffled ? "shuffled.sh" : "in-order.sh");
        return ClientCommand.tensors(script, tensors, agent::file);
    }

    /** All tensors' bytes: the model without its headers. */
    long tensorBytes() {
        return model.tensors().stream()
                .mapToLong(SafetensorsModel.Tensor::length)
                .sum();
    }

    /** A plain file beside the cache, for what does without the agent. */
    Path plainFile() {
        return workspace.directory().resolve("plain.bin");
    }

    /** Neither the agent nor the kernel has anything of it. */
    void makeCold() throws IOException, InterruptedException {
        agent.makeCold(List.of(KEY));
    }

    /** As {@link #makeCold}, for the model. */
    void makeModelCold() throws IOException, InterruptedException {
        agent.makeCold(model.shardKeys());
    }

    /** As {@link #makeCold}, for the much larger object; its name is known, as after {@code ls}. */
    void makeLargeCold() throws IOException, InterruptedException {
        agent.makeCold(List.of(LARGE_KEY));
        Files.size(largeFile());
    }

    /** The agent has all of it, the kernel nothing of the mount's file. */
    void makeFirstTouch() throws IOException, InterruptedException {
        agent.dropPageCache(List.of(KEY));
    }

    /** Limits the bucket's bandwidth, and says how far away it is; 0: not. */
    void shape(long bytesPerSecond, int latencyMillis) throws InterruptedException {
        emulator.shape(bytesPerSecond, latencyMillis);
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
        WarmMemory.touch(size);
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
