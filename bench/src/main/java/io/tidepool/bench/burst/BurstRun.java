package io.tidepool.bench.burst;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * One burst, measured. Times are those of the loads that ended; not a number if none did.
 *
 * @param scenario what was special: the id of a scenario or a fault; {@code burst}: nothing
 * @param mode its id
 * @param boundSeconds what no way to load could beat
 * @param originAmplification bytes that the bucket sent ÷ the model's size
 * @param cpuShare of this machine's processors that were busy, with everything that runs on it
 * @param foundBytes what the agents gave to readers, by where they found it; empty without agents
 * @param peerCounts how often what happened between the agents: {@code tracker_decisions.lease} and so on
 */
record BurstRun(
        String scenario,
        String mode,
        int hosts,
        double slowestSeconds,
        double fastestSeconds,
        double meanSeconds,
        double medianSeconds,
        double stddevSeconds,
        double boundSeconds,
        double slowestToBound,
        double slowestToFastest,
        long originBytes,
        double originAmplification,
        double cpuShare,
        Map<String, Long> foundBytes,
        Map<String, Long> peerCounts,
        int failedLoads,
        int wrongLoads,
        List<HostLoad> loads) {

    /**
     * @param modelBytes of all that was loaded, each model once
     * @param delayed a host whose time doesn't count
     */
    static BurstRun of(
            String scenario,
            Mode mode,
            double boundSeconds,
            long modelBytes,
            Meter.Reading used,
            List<HostLoad> loads,
            String delayed) {
        List<HostLoad> timed = loads.stream()
                .filter(load -> load.failure().isEmpty() && !load.host().equals(delayed))
                .toList();
        double[] times = timed.isEmpty()
                ? new double[] {Double.NaN}
                : timed.stream().mapToDouble(HostLoad::seconds).sorted().toArray();
        int n = times.length;
        double mean = Arrays.stream(times).average().orElseThrow();
        double variance = Arrays.stream(times)
                .map(time -> (time - mean) * (time - mean))
                .average()
                .orElseThrow();
        return new BurstRun(
                scenario,
                mode.id(),
                loads.size(),
                times[n - 1],
                times[0],
                mean,
                (times[(n - 1) / 2] + times[n / 2]) / 2,
                Math.sqrt(variance),
                boundSeconds,
                times[n - 1] / boundSeconds,
                times[n - 1] / times[0],
                used.originBytes(),
                (double) used.originBytes() / modelBytes,
                used.cpuShare(),
                used.foundBytes(),
                used.peerCounts(),
                (int) loads.stream().filter(load -> !load.failure().isEmpty()).count(),
                (int) loads.stream().filter(HostLoad::wrongBytes).count(),
                List.copyOf(loads));
    }

    /** The same, with another word for what was special. */
    BurstRun named(String name) {
        return new BurstRun(
                name,
                mode,
                hosts,
                slowestSeconds,
                fastestSeconds,
                meanSeconds,
                medianSeconds,
                stddevSeconds,
                boundSeconds,
                slowestToBound,
                slowestToFastest,
                originBytes,
                originAmplification,
                cpuShare,
                foundBytes,
                peerCounts,
                failedLoads,
                wrongLoads,
                loads);
    }

    boolean isGood() {
        return failedLoads == 0 && wrongLoads == 0;
    }
}
