package io.tidepool.bench.burst;

import io.tidepool.bench.lab.BucketModel;
import io.tidepool.bench.lab.ForkedAgent;
import io.tidepool.bench.lab.Workspace;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The two tests of Function Compute's guide to model storage, in small: sizes and bandwidths are divided. Stores that aren't
 * ours are modelled by what they promise, as links; readers take from them all that the links carry. Used by one thread.
 */
final class Comparison {
    /** MB/s, in bits a second. */
    private static final long MB_PER_SECOND = 8_000_000;

    private static final double LARGEST = 22.2;
    /** In GB; the first test reads all of them, one after another. */
    private static final List<Double> FILES = List.of(1.99, 1.99, 3.59, 3.95, 3.97, 3.97, 5.13, 5.55, 6.46, LARGEST);
    /** Those are read tensor by tensor, in random order. */
    private static final Set<Double> SHUFFLED = Set.of(5.13, LARGEST);

    private static final long SEED = 1;
    private static final double PATIENCE_SECONDS = 1800;

    private final Workspace workspace;
    private final Consumer<String> progress;

    Comparison(Workspace workspace, Consumer<String> progress) {
        this.workspace = workspace;
        this.progress = progress;
    }

    /** @param load cold, or second */
    record OneHost(String store, String load, double seconds, boolean good) {}

    private static long bytes(double gigabytes, int scale) {
        return (long) (gigabytes * 1e9 / scale);
    }

    /**
     * One file of 22.2 GB on several hosts at once.
     *
     * @param warmupBytes what agents load first, unmeasured
     * @param rehearsals see {@link BurstPlan}
     */
    List<BurstRun> manyHosts(List<Integer> hosts, int sizeScale, int rateScale, long warmupBytes, int rehearsals)
            throws Exception {
        List<BurstRun> runs = new ArrayList<>();
        long size = bytes(LARGEST, sizeScale);
        int most = hosts.stream().mapToInt(Integer::intValue).max().orElseThrow();
        Fleet fleet = Fleet.start(workspace, most, size + Math.max(size, warmupBytes), false);
        for (int count : hosts) {
            for (Store store : Store.values()) {
                long total = store.totalRate(count) * MB_PER_SECOND / rateScale;
                BurstPlan plan = new BurstPlan(
                        store.hostRate() * MB_PER_SECOND / rateScale,
                        total,
                        total,
                        size,
                        1,
                        Duration.ofMillis(store.latencyMillis()),
                        Duration.ZERO,
                        store.mode().hasAgents() ? warmupBytes : 0,
                        rehearsals,
                        false,
                        0);
                BurstRun run = new Burst(fleet, plan, progress).run(store.mode(), count, Scenario.BURST, Fault.NONE);
                runs.add(run.named(store.title()));
            }
        }
        return runs;
    }

    /** Ten files on one host, cold and once more. */
    List<OneHost> oneHost(int sizeScale, int rateScale) throws Exception {
        List<BucketModel> models = new ArrayList<>();
        Set<BucketModel> shuffled = new HashSet<>();
        for (int i = 0; i < FILES.size(); i++) {
            BucketModel model = new BucketModel("file-" + i, bytes(FILES.get(i), sizeScale), 1);
            models.add(model);
            if (SHUFFLED.contains(FILES.get(i))) {
                shuffled.add(model);
            }
        }
        long all = models.stream().mapToLong(BucketModel::sizeBytes).sum();
        Fleet fleet = Fleet.start(workspace, 1, all, false);
        for (BucketModel model : models) {
            fleet.bucket().putModel(model, 1);
        }
        List<OneHost> results = new ArrayList<>();
        for (Store store : Store.values()) {
            fleet.shape(
                    1, store.hostRate() * MB_PER_SECOND / rateScale, store.totalRate(1) * MB_PER_SECOND / rateScale);
            fleet.bucket().shape(0, store.latencyMillis());
            if (store.mode().hasAgents()) {
                fleet.startAgents(1, false);
            }
            results.add(load(fleet, store, "cold", models, shuffled));
            for (ForkedAgent agent : fleet.agents()) {
                for (BucketModel model : models) {
                    agent.dropPageCache(model.keysInLoadingOrder());
                }
            }
            results.add(load(fleet, store, "second", models, shuffled));
            fleet.stopAgents();
        }
        return results;
    }

    private OneHost load(Fleet fleet, Store store, String what, List<BucketModel> models, Set<BucketModel> shuffled)
            throws IOException, InterruptedException {
        progress.accept(store.title() + ", one host, " + what);
        List<Part> parts = new ArrayList<>();
        for (BucketModel model : models) {
            parts.addAll(shuffled.contains(model) ? Part.tensorsInRandomOrder(model, SEED) : Part.files(model));
        }
        try (Loads loads = new Loads(PATIENCE_SECONDS)) {
            loads.add(fleet.partsLoader(store.mode(), 0, 1, parts));
            loads.start(0);
            HostLoad load = loads.await().getFirst();
            return new OneHost(store.title(), what, load.seconds(), load.isGood());
        }
    }
}
