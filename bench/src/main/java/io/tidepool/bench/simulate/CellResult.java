package io.tidepool.bench.simulate;

import io.tidepool.agent.peer.tracker.Decision;
import io.tidepool.agent.peer.tracker.Fallback;
import io.tidepool.agent.peer.tracker.ToTracker.Reason;
import java.util.EnumMap;
import java.util.LongSummaryStatistics;
import java.util.Map;

/**
 * How a cell's load went.
 *
 * @param hosts that were to load
 * @param loaded those that did
 * @param unfinished those that live and did not
 * @param makespanSeconds until the slowest had; not a number if none had
 * @param fastestSeconds until the fastest had; not a number if none had
 * @param amplification bytes from the bucket for one of the model
 * @param messagesPerHostSecond what the busiest tracker sent and received, heartbeats among them
 * @param trackerCpu seconds a second, of the busiest tracker
 * @param digest of all that happened: the same for the same plan
 */
record CellResult(
        int hosts,
        int loaded,
        int unfinished,
        double boundSeconds,
        double makespanSeconds,
        double fastestSeconds,
        double amplification,
        double messagesPerHostSecond,
        double busiestMessagesPerSecond,
        double trackerCpu,
        Map<Decision, Long> decisions,
        Map<Reason, Long> failures,
        Map<Fallback, Long> fallbacks,
        long events,
        long digest) {
    static CellResult of(Cell cell) {
        LongSummaryStatistics done = cell.hosts().stream()
                .filter(SimHost::isDone)
                .mapToLong(SimHost::doneAt)
                .summaryStatistics();
        double makespan = done.getCount() == 0 ? Double.NaN : done.getMax() / 1e9;
        double seconds = cell.queue().now() / 1e9;
        Map<Decision, Long> decisions = new EnumMap<>(Decision.class);
        long messages = 0;
        long most = 0;
        long cpu = 0;
        for (SimHost host : cell.hosts()) {
            host.tracker().counts().decisions().forEach((each, count) -> decisions.merge(each, count, Long::sum));
            long its = host.tracker().counts().messagesReceived()
                    + host.tracker().counts().messagesSent();
            messages += its;
            most = Math.max(most, its);
            cpu = Math.max(cpu, host.trackerNanos());
        }
        return new CellResult(
                cell.plan().hosts(),
                (int) done.getCount(),
                (int) cell.hosts().stream()
                        .filter(host -> host.isAlive() && !host.isDone())
                        .count(),
                cell.plan().boundSeconds(),
                makespan,
                done.getCount() == 0 ? Double.NaN : done.getMin() / 1e9,
                (double) cell.counts().originBytes / cell.plan().modelBytes(),
                messages / seconds / cell.plan().hosts(),
                most / seconds,
                cpu / 1e9 / seconds,
                decisions,
                cell.counts().failures,
                cell.counts().fallbacks,
                cell.queue().added(),
                cell.digest());
    }

    double ratio() {
        return makespanSeconds / boundSeconds;
    }
}
