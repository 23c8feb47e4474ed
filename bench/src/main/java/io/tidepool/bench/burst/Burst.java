package io.tidepool.bench.burst;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.agent.cli.CommandFailure;
import io.tidepool.bench.lab.BucketModel;
import io.tidepool.bench.lab.ForkedAgent;
import io.tidepool.bench.lab.WarmMemory;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Bursts on a fleet, one after another. Used by one thread. */
final class Burst {
    private static final int SHELF = 24;
    private static final int OF_SHELF = 6;
    private static final long STAGGER_NANOS = 2_000_000_000;

    /** A load that takes this many times what the slowest way should is given up. */
    private static final int PATIENCE = 3;

    private static final double LEAST_PATIENCE_SECONDS = 90;
    /** The kernel keeps what is read in the pages of the cache file and in those of the file in the mount. */
    private static final int PAGES_A_BYTE = 2;

    private final Fleet fleet;
    private final BurstPlan plan;
    private final BucketModel model;
    private final BucketModel warmup;
    private final BucketModel rehearsed;
    private final Consumer<String> progress;

    Burst(Fleet fleet, BurstPlan plan, Consumer<String> progress) throws InterruptedException {
        this.fleet = fleet;
        this.plan = plan;
        this.progress = progress;
        this.model = put("model", plan.sizeBytes());
        this.rehearsed = put("rehearsed", plan.sizeBytes());
        this.warmup = put("warmup", Math.max(plan.warmupBytes(), (long) plan.shards() << 20));
    }

    private BucketModel put(String name, long bytes) throws InterruptedException {
        BucketModel made = new BucketModel(name, bytes, plan.shards());
        fleet.bucket().putModel(made, plan.shards());
        return made;
    }

    /** Loads on cold, warmed-up agents, if the mode has agents; afterwards nothing runs on the hosts. */
    BurstRun run(Mode mode, int hosts, Scenario scenario, Fault fault)
            throws IOException, InterruptedException, ClientException {
        progress.accept(mode.title() + ", " + hosts + " hosts: starting");
        try {
            if (fault == Fault.BUSY) {
                fleet.setStingy(plan.victimOf(hosts));
            }
            boolean late = scenario == Scenario.LATE_JOIN;
            warmUp(mode, late ? hosts - 1 : hosts);
            fleet.shape(hosts, plan.nicBits(), mode == Mode.NAS ? plan.nasBits() : plan.ossBits());
            fleet.bucket().shape(0, mode == Mode.NAS ? 0 : (int) plan.latency().toMillis());
            for (int i = 1; i <= plan.rehearsals() && mode.hasAgents(); i++) {
                rehearse(rehearsed, "rehearsal " + i, mode, late ? hosts - 1 : hosts);
            }
            progress.accept(mode.title() + ", " + hosts + " hosts: loading");
            return switch (scenario) {
                case BURST -> burst(mode, hosts, fault);
                case STAGGERED -> measure(scenario.toString(), mode, same(hosts), STAGGER_NANOS, Fault.NONE, hosts);
                case LATE_JOIN -> measure(scenario.toString(), mode, same(hosts), 0, Fault.NONE, hosts - 1);
                case RESTART -> restart(mode, hosts);
                case OVERLAP -> measure(scenario.toString(), mode, overlapping(hosts), 0, Fault.NONE, hosts);
            };
        } finally {
            fleet.stopAgents();
            fleet.deleteCaches();
            fleet.unsetStingy();
        }
    }

    private void warmUp(Mode mode, int hosts) throws IOException, InterruptedException {
        fleet.shape(hosts, 0, 0);
        fleet.bucket().shape(0, 0);
        if (mode.hasAgents()) {
            fleet.startAgents(hosts, mode == Mode.TIDEPOOL);
        }
        if (mode == Mode.TIDEPOOL) {
            fleet.awaitCell();
        }
        if (plan.warmupBytes() == 0) {
            return;
        }
        rehearse(warmup, "warming up", mode, hosts);
    }

    /** All load a model, which is cold again afterwards. */
    private void rehearse(BucketModel which, String what, Mode mode, int hosts)
            throws IOException, InterruptedException {
        progress.accept(mode.title() + ", " + hosts + " hosts: " + what);
        try (Loads loads = new Loads(patienceSeconds(hosts))) {
            for (int i = 0; i < hosts; i++) {
                loads.add(fleet.loader(mode, i, hosts, List.of(which)));
            }
            loads.start(0);
            for (HostLoad load : loads.await()) {
                // The other modes may be too slow for a read's deadline: that is a result.
                if (load.wrongBytes() || (mode == Mode.TIDEPOOL && !load.isGood())) {
                    throw new CommandFailure("before the burst that counts, " + load.host()
                            + " got wrong bytes or none " + load.failure());
                }
            }
        }
        for (ForkedAgent agent : fleet.agents()) {
            agent.makeCold(which.keysInLoadingOrder());
        }
    }

    private BurstRun burst(Mode mode, int hosts, Fault fault)
            throws IOException, InterruptedException, ClientException {
        String name = fault == Fault.NONE ? Scenario.BURST.toString() : fault.toString();
        return measure(name, mode, same(hosts), plan.stagger().toNanos(), fault, hosts);
    }

    private BurstRun restart(Mode mode, int hosts) throws IOException, InterruptedException, ClientException {
        burst(mode, hosts, Fault.NONE);
        fleet.stopAgents();
        fleet.startAgents(hosts, mode == Mode.TIDEPOOL);
        return measure(Scenario.RESTART.toString(), mode, same(hosts), 0, Fault.NONE, hosts);
    }

    private List<List<BucketModel>> same(int hosts) {
        return Collections.nCopies(hosts, List.of(model));
    }

    /** The shelf is loaded once around, so that each model has about {@code hosts / 4} hosts. */
    private List<List<BucketModel>> overlapping(int hosts) throws InterruptedException {
        List<BucketModel> shelf = new ArrayList<>();
        for (int i = 0; i < SHELF; i++) {
            shelf.add(put("shelf-" + i, plan.sizeBytes() / OF_SHELF));
        }
        return IntStream.range(0, hosts)
                .mapToObj(host -> IntStream.range(0, OF_SHELF)
                        .mapToObj(i -> shelf.get((host * SHELF / hosts + i) % SHELF))
                        .toList())
                .toList();
    }

    /** @param atFirst the others load when the first of these is done */
    private BurstRun measure(
            String name, Mode mode, List<List<BucketModel>> models, long staggerNanos, Fault fault, int atFirst)
            throws IOException, InterruptedException, ClientException {
        int hosts = models.size();
        List<HostLoad> results;
        Incident incident = new Incident(fault, fleet, hosts, plan);
        Meter meter;
        try (Loads loads = new Loads(patienceSeconds(hosts));
                WarmMemory memory = WarmMemory.hold(PAGES_A_BYTE * plan.sizeBytes() * hosts)) {
            for (int i = 0; i < atFirst; i++) {
                loads.add(fleet.loader(mode, i, hosts, models.get(i)));
            }
            loads.awaitReady();
            meter = Meter.start(fleet);
            memory.freeWithin(expected(mode, hosts, staggerNanos));
            incident.start();
            loads.start(staggerNanos);
            if (atFirst < hosts) {
                loads.awaitFirst();
                fleet.startAgents(hosts, mode == Mode.TIDEPOOL);
                for (int i = atFirst; i < hosts; i++) {
                    loads.add(fleet.loader(mode, i, hosts, models.get(i)));
                }
                loads.start(0);
            }
            results = loads.await();
        } finally {
            incident.end();
        }
        incident.requireFired();
        long bytes = models.stream()
                .flatMap(List::stream)
                .distinct()
                .mapToLong(BucketModel::sizeBytes)
                .sum();
        return BurstRun.of(
                name, mode, plan.boundSeconds(), bytes, meter.stop(), incident.expectedOf(results), incident.delayed());
    }

    /** How long the hosts will write, if all goes well. */
    private Duration expected(Mode mode, int hosts, long staggerNanos) {
        double copies = mode == Mode.DIRECT || mode == Mode.NAS ? hosts : 1;
        double seconds = Math.max(plan.boundSeconds(), 8.0 * plan.sizeBytes() * copies / plan.ossBits());
        return Duration.ofMillis((long) (1000 * seconds) + hosts * staggerNanos / 1_000_000);
    }

    private double patienceSeconds(int hosts) {
        double bits = 8.0 * Math.max(plan.sizeBytes(), plan.warmupBytes());
        return LEAST_PATIENCE_SECONDS + PATIENCE * bits * hosts / Math.min(plan.ossBits(), plan.nasBits());
    }
}
