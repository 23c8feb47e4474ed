package io.tidepool.bench.simulate;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A fleet in cells that load the same model at the same time. Cells share nothing but the bucket, and that evenly: they
 * are simulated one after the other, each with its share.
 *
 * @param cells how many there are
 * @param simulated how many of them are simulated
 * @param plan of the first cell; the others have its hosts and other seeds
 * @param failing part of the hosts that die, each at a time of its own during the load
 */
record Simulation(int cells, int simulated, FleetPlan plan, double failing) {
    /** A load that takes longer hangs. */
    private static final double LIMIT = 10;

    /** Cells of at most {@code cellHosts}, equal but for one host. */
    static Simulation of(int hosts, int cellHosts, double bucketBits, FleetPlan one, int simulated, double failing) {
        int cells = (hosts + cellHosts - 1) / cellHosts;
        FleetPlan plan = new FleetPlan(
                (hosts + cells - 1) / cells,
                one.modelBytes(),
                one.nicBits(),
                bucketBits / cells,
                one.fills(),
                one.uploadSlots(),
                one.messageNanos(),
                one.originNanos(),
                one.seed());
        return new Simulation(cells, simulated <= 0 ? cells : Math.min(simulated, cells), plan, failing);
    }

    List<CellResult> run(Consumer<CellResult> each) {
        List<CellResult> results = new ArrayList<>();
        for (int i = 0; i < simulated; i++) {
            CellResult result = run(plan.withSeed(plan.seed() + i));
            results.add(result);
            each.accept(result);
        }
        return results;
    }

    private CellResult run(FleetPlan one) {
        Cell cell = new Cell(one);
        Random chance = new Random(one.seed() ^ 0x5EED);
        long bound = (long) (one.boundSeconds() * 1e9);
        List<SimHost> all = List.copyOf(cell.hosts());
        for (SimHost host : all) {
            if (chance.nextDouble() < failing) {
                cell.queue().at(chance.nextLong(bound), () -> cell.kill(host));
            }
        }
        cell.run((long) (LIMIT * bound) + 60_000_000_000L);
        return CellResult.of(cell);
    }
}
