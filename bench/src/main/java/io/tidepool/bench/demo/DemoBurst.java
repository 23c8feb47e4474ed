package io.tidepool.bench.demo;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.agent.cli.CommandFailure;
import io.tidepool.bench.lab.AgentSetup;
import io.tidepool.bench.lab.BucketModel;
import io.tidepool.bench.lab.ForkedAgent;
import io.tidepool.bench.lab.ForkedEmulator;
import io.tidepool.bench.lab.Place;
import io.tidepool.bench.lab.Workspace;
import io.tidepool.proto.v1.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** What a fleet does: hosts that all load the model at the same moment, each with an agent of its own on a loopback address. */
final class DemoBurst {
    static final int HOSTS = 3;
    static final String NAME = HOSTS + " hosts, cold";

    private static final long TIME_TO_MEET_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final ForkedEmulator bucket;
    private final BucketModel model;
    private final List<ForkedAgent> agents;
    private final boolean mounted;

    private DemoBurst(ForkedEmulator bucket, BucketModel model, List<ForkedAgent> agents, boolean mounted) {
        this.bucket = bucket;
        this.model = model;
        this.agents = agents;
        this.mounted = mounted;
    }

    /** Starts the agents, and waits until they know each other; {@code workspace} ends them. */
    static DemoBurst start(
            Workspace workspace, ForkedEmulator bucket, BucketModel model, long landingBytes, boolean mounted)
            throws IOException, InterruptedException, ClientException {
        List<Place> places = places();
        List<String> addresses = places.stream().map(Place::address).toList();
        List<ForkedAgent> agents = new ArrayList<>();
        for (Place place : places) {
            Path directory = Files.createDirectory(workspace.directory().resolve(place.name()));
            agents.add(ForkedAgent.start(
                    workspace,
                    new AgentSetup(
                            directory,
                            place,
                            bucket.endpoint(),
                            Demo.diskBytes(model.sizeBytes()),
                            landingBytes,
                            mounted,
                            addresses,
                            null,
                            false)));
        }
        awaitCell(agents);
        return new DemoBurst(bucket, model, agents, mounted);
    }

    /** Loopback addresses that no other demo on this machine is likely to use. */
    private static List<Place> places() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        String network = "127." + random.nextInt(1, 255) + "." + random.nextInt(1, 255) + ".";
        return IntStream.rangeClosed(1, HOSTS)
                .mapToObj(i -> new Place("host-" + i, network + i, List.of()))
                .toList();
    }

    private static void awaitCell(List<ForkedAgent> agents) throws InterruptedException, ClientException {
        long deadline = System.nanoTime() + TIME_TO_MEET_NANOS;
        for (ForkedAgent agent : agents) {
            while (agent.client().peers().getHostsCount() < HOSTS) {
                if (System.nanoTime() > deadline) {
                    throw new CommandFailure("the agents did not find each other in 30 s; see their logs in "
                            + agent.socket().getParent());
                }
                Thread.sleep(50);
            }
        }
    }

    /** Loads the model on all hosts at once; the time is the slowest one's. */
    PhaseResult run() throws InterruptedException, IOException, ClientException {
        bucket.resetCounters();
        long bytes = 0;
        long start = System.nanoTime();
        try (ExecutorService loaders = Executors.newFixedThreadPool(HOSTS)) {
            List<Future<Long>> loads = new ArrayList<>();
            agents.forEach(agent -> loads.add(loaders.submit(() -> load(agent))));
            for (Future<Long> load : loads) {
                bytes += load.get();
            }
        } catch (ExecutionException e) {
            throw agents.getFirst().failure(e.getCause() instanceof Exception why ? why : e);
        }
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        Map<Tier, Long> found = new EnumMap<>(Tier.class);
        for (ForkedAgent agent : agents) {
            agent.client()
                    .status()
                    .getTraffic()
                    .getReadBytesList()
                    .forEach(each -> found.merge(each.getTier(), each.getBytes(), Long::sum));
        }
        return new PhaseResult(NAME, bytes, time, found, bucket.bytesSent(), model.sizeBytes());
    }

    private long load(ForkedAgent agent) throws IOException, ClientException {
        try (Progress read = Progress.silent()) {
            if (mounted) {
                new MountLoads(agent, model).inOrder(read);
            } else {
                new GrpcLoads(agent, model).inOrder(read);
            }
            return read.bytes();
        }
    }
}
