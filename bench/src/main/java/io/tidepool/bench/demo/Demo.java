package io.tidepool.bench.demo;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.bench.lab.AgentSetup;
import io.tidepool.bench.lab.BucketModel;
import io.tidepool.bench.lab.ForkedAgent;
import io.tidepool.bench.lab.ForkedEmulator;
import io.tidepool.bench.lab.Tiers;
import io.tidepool.bench.lab.Workspace;
import io.tidepool.proto.v1.TrafficStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongConsumer;

/**
 * The demo itself: a bucket and an agent, each a process, and one load after another by this one.
 *
 * <p>Each load reads the whole model, and starts with nothing of it in the mount's page cache, so that the agent has to
 * answer; a cold one also with nothing in the agent's cache.
 */
final class Demo {
    private static final long LANDING_BYTES = 256L << 20;
    private static final long SPARE_BYTES = 256L << 20;

    private final Workspace workspace;
    private final ForkedEmulator bucket;
    private final BucketModel model;
    private final ForkedAgent agent;
    private final boolean mounted;
    private final DemoText text;

    private Demo(
            Workspace workspace,
            ForkedEmulator bucket,
            BucketModel model,
            ForkedAgent agent,
            boolean mounted,
            DemoText text) {
        this.workspace = workspace;
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

    /** The space that a demo with a model of this size takes: its agent's, and those of the burst. */
    static long totalDiskBytes(long modelBytes) {
        return (1 + DemoBurst.HOSTS) * diskBytes(modelBytes);
    }

    /** The space that one agent takes. */
    static long diskBytes(long modelBytes) {
        return modelBytes + modelBytes / 4 + SPARE_BYTES;
    }

    /** Starts a bucket and an agent; {@code workspace} ends them. */
    static Demo start(Workspace workspace, long modelBytes, boolean mount, DemoText text)
            throws InterruptedException, ClientException {
        text.busy("starting bucket and agent");
        BucketModel model = new BucketModel(modelBytes);
        ForkedEmulator bucket = ForkedEmulator.start(workspace, "--model=" + modelBytes);
        AgentSetup setup =
                new AgentSetup(workspace.directory(), bucket.endpoint(), diskBytes(modelBytes), LANDING_BYTES, mount);
        ForkedAgent agent = ForkedAgent.start(workspace, setup);
        // OSS knows the checksum of an object; the emulator computes it when first asked, and the first load would
        // wait.
        for (String key : model.keysInLoadingOrder()) {
            agent.client().stat(agent.path(key));
        }
        text.scene(bucket, model, agent, mount);
        return new Demo(workspace, bucket, model, agent, mount, text);
    }

    /** Loads the model in every way, and prints what that cost. */
    void run() throws InterruptedException {
        List<PhaseResult> results = new ArrayList<>();
        try {
            for (Phase phase : phases()) {
                results.add(run(phase));
            }
            text.busy("starting " + DemoBurst.HOSTS + " more agents");
            PhaseResult burst = DemoBurst.start(workspace, bucket, model, LANDING_BYTES, mounted)
                    .run();
            text.done(burst, "all at once, one agent each; nothing is cached");
            results.add(burst);
        } catch (IOException | ClientException e) {
            throw agent.failure(e);
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
        bucket.resetCounters();
        TrafficStatus before = agent.client().status().getTraffic();
        long bytes;
        long start = System.nanoTime();
        try (Progress progress = text.progress(phase, model.sizeBytes())) {
            phase.load().run(progress);
            bytes = progress.bytes();
        }
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        TrafficStatus after = agent.client().status().getTraffic();
        PhaseResult result = new PhaseResult(
                phase.name(), bytes, time, Tiers.foundBetween(before, after), bucket.bytesSent(), model.sizeBytes());
        text.done(result, phase.what());
        return result;
    }

    /** Until somebody ends this process. */
    void keep() throws InterruptedException {
        text.kept(agent, mounted);
        new CountDownLatch(1).await();
    }
}
