package io.tidepool.bench.demo;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.bench.lab.AgentSetup;
import io.tidepool.bench.lab.ForkedAgent;
import io.tidepool.bench.lab.Workspace;
import io.tidepool.emulator.EmulatorOptions;
import io.tidepool.emulator.OssEmulator;
import io.tidepool.proto.v1.TrafficStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongConsumer;

/**
 * The demo itself: a bucket in this process, an agent beside it, and one load after another.
 *
 * <p>Each load reads the whole model, and starts with nothing of it in the mount's page cache, so that the agent has to
 * answer; a cold one also with nothing in the agent's cache.
 */
final class Demo {
    private static final long LANDING_BYTES = 256L << 20;
    private static final long SPARE_BYTES = 256L << 20;

    private final OssEmulator bucket;
    private final DemoModel model;
    private final ForkedAgent agent;
    private final boolean mounted;
    private final DemoText text;

    private Demo(OssEmulator bucket, DemoModel model, ForkedAgent agent, boolean mounted, DemoText text) {
        this.bucket = bucket;
        this.model = model;
        this.agent = agent;
        this.mounted = mounted;
        this.text = text;
    }

    /**
     * One way to load the model.
     *
     * @param what for people: how it differs from the others
     */
    record Phase(String name, String what, boolean cold, Load load) {}

    /** Reads and checks everything, and tells how many bytes it has, now and then. */
    @FunctionalInterface
    interface Load {
        void run(LongConsumer read) throws IOException, ClientException;
    }

    /** The space that a demo with a model of this size takes. */
    static long diskBytes(long modelBytes) {
        return modelBytes + modelBytes / 4 + SPARE_BYTES;
    }

    /** Starts a bucket and an agent; {@code workspace} ends them. */
    static Demo start(Workspace workspace, long modelBytes, boolean mount, DemoText text)
            throws IOException, InterruptedException {
        text.busy("starting bucket and agent");
        OssEmulator bucket = workspace.own(new OssEmulator(EmulatorOptions.defaults()));
        DemoModel model = new DemoModel(bucket.bucket(), modelBytes);
        model.prepare();
        AgentSetup setup = new AgentSetup(
                workspace.directory(),
                bucket.endpoint(),
                bucket.options().region(),
                bucket.bucket().name(),
                diskBytes(modelBytes),
                LANDING_BYTES,
                mount);
        ForkedAgent agent = ForkedAgent.start(
                workspace, setup, bucket.options().accessKeys().getFirst());
        text.scene(bucket.endpoint(), model, agent, mount);
        return new Demo(bucket, model, agent, mount, text);
    }

    /** Loads the model in every way, and prints what that cost. */
    void run() throws IOException, ClientException, InterruptedException {
        List<Phase> phases = phases();
        List<PhaseResult> results = new ArrayList<>();
        for (Phase phase : phases) {
            results.add(run(phase));
        }
        text.results(results);
        text.whatNext(mounted);
    }

    private List<Phase> phases() {
        GrpcLoads grpc = new GrpcLoads(agent, model);
        List<Phase> phases = new ArrayList<>();
        if (mounted) {
            MountLoads mount = new MountLoads(agent, model);
            phases.add(new Phase("mount, cold", "file after file; nothing is cached", true, mount::inOrder));
            phases.add(new Phase("mount, warm", "the same; the agent has it all", false, mount::inOrder));
            phases.add(new Phase(
                    "mount, random",
                    "tensors in random order, mapped; nothing is cached",
                    true,
                    mount::tensorsInRandomOrder));
        }
        phases.add(new Phase("gRPC, cold", "file after file by the read API; nothing is cached", true, grpc::inOrder));
        phases.add(new Phase("gRPC, warm", "the same; the agent has it all", false, grpc::inOrder));
        return phases;
    }

    private PhaseResult run(Phase phase) throws IOException, ClientException, InterruptedException {
        List<String> keys = model.keysInLoadingOrder();
        if (phase.cold()) {
            agent.makeCold(keys);
        } else {
            agent.dropPageCache(keys);
        }
        bucket.counters().reset();
        TrafficStatus before = agent.client().status().getTraffic();
        long bytes;
        long start = System.nanoTime();
        try (Progress progress = text.progress(phase, model.sizeBytes())) {
            phase.load().run(progress);
            bytes = progress.bytes();
        } catch (IOException | ClientException e) {
            throw agent.failure(e);
        }
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        TrafficStatus after = agent.client().status().getTraffic();
        PhaseResult result = new PhaseResult(
                phase.name(),
                bytes,
                time,
                PhaseResult.foundBetween(before, after),
                bucket.counters().total().bytesSent(),
                model.sizeBytes());
        text.done(phase, result);
        return result;
    }

    /** Until somebody ends this process. */
    void keep() throws InterruptedException {
        text.kept(agent, mounted);
        new CountDownLatch(1).await();
    }
}
