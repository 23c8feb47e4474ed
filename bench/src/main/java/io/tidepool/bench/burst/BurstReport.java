package io.tidepool.bench.burst;

import io.tidepool.bench.lab.Machine;
import java.util.List;

/**
 * Everything that a {@code bench burst} found out, as it is written to a file: names in snake case, times in seconds, sizes in
 * bytes, links in bits a second.
 *
 * @param schema says what this is; its number changes when a name goes or changes its meaning
 * @param started when, in ISO 8601
 * @param victim the number of the host that faults befell, from 1; 0: the one in the middle
 */
record BurstReport(
        String schema,
        String started,
        Machine machine,
        long sizeBytes,
        int shards,
        long nicBits,
        long ossBits,
        long nasBits,
        double latencySeconds,
        double staggerSeconds,
        long warmupBytes,
        int rehearsals,
        boolean tls,
        int victim,
        List<BurstRun> runs) {
    static final String SCHEMA = "tidepool.bench.burst/1";

    static BurstReport of(BurstPlan plan, String started, Machine machine, List<BurstRun> runs) {
        return new BurstReport(
                SCHEMA,
                started,
                machine,
                plan.sizeBytes(),
                plan.shards(),
                plan.nicBits(),
                plan.ossBits(),
                plan.nasBits(),
                plan.latency().toMillis() / 1e3,
                plan.stagger().toMillis() / 1e3,
                plan.warmupBytes(),
                plan.rehearsals(),
                plan.tls(),
                plan.victim(),
                List.copyOf(runs));
    }
}
