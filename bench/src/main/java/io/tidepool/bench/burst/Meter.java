package io.tidepool.bench.burst;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.bench.lab.Cpu;
import io.tidepool.bench.lab.ForkedAgent;
import io.tidepool.bench.lab.Tiers;
import io.tidepool.proto.v1.Tier;
import io.tidepool.proto.v1.TrafficStatus;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a fleet uses from one moment to another. */
final class Meter {
    /** What hosts of a cell did with each other, and the label that tells what. */
    private static final Pattern COUNTED =
            Pattern.compile("tidepool_(tracker_decisions|peer_fetches|peer_fallbacks)_total\\{\\w+=\"(\\w+)\"}");

    private final Fleet fleet;
    private final Map<ForkedAgent, TrafficStatus> before = new HashMap<>();
    private final Map<ForkedAgent, Map<String, Long>> countsBefore = new HashMap<>();
    private final double cpuSeconds;
    private final long startNanos;

    /**
     * @param originBytes that the bucket sent
     * @param cpuShare of this machine's processors that were busy, with everything that runs on it
     * @param foundBytes that agents gave to readers, by where they found them; of agents that live
     * @param peerCounts how often what happened between hosts: {@code tracker_decisions.lease} and so on; of agents that live
     */
    record Reading(long originBytes, double cpuShare, Map<String, Long> foundBytes, Map<String, Long> peerCounts) {}

    private Meter(Fleet fleet) throws ClientException, InterruptedException {
        this.fleet = fleet;
        for (ForkedAgent agent : fleet.agents()) {
            before.put(agent, agent.client().status().getTraffic());
            countsBefore.put(agent, counts(agent));
        }
        this.cpuSeconds = Cpu.ofMachine();
        this.startNanos = System.nanoTime();
    }

    static Meter start(Fleet fleet) throws ClientException, InterruptedException {
        fleet.bucket().resetCounters();
        return new Meter(fleet);
    }

    Reading stop() throws ClientException, InterruptedException {
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        double busy =
                (Cpu.ofMachine() - cpuSeconds) / seconds / Runtime.getRuntime().availableProcessors();
        Map<String, Long> found = new TreeMap<>();
        Map<String, Long> counts = new TreeMap<>();
        for (ForkedAgent agent : fleet.agents()) {
            if (agent.process().isAlive()) {
                TrafficStatus first = before.getOrDefault(agent, TrafficStatus.getDefaultInstance());
                Tiers.foundBetween(first, agent.client().status().getTraffic())
                        .forEach((tier, bytes) -> found.merge(name(tier), bytes, Long::sum));
                counts(agent).forEach((what, count) -> counts.merge(what, count, Long::sum));
                countsBefore
                        .getOrDefault(agent, Map.of())
                        .forEach((what, count) -> counts.merge(what, -count, Long::sum));
            }
        }
        counts.values().removeIf(count -> count <= 0);
        return new Reading(fleet.bucket().bytesSent(), Math.min(1, busy), found, counts);
    }

    private static Map<String, Long> counts(ForkedAgent agent) throws InterruptedException {
        Map<String, Long> counts = new HashMap<>();
        agent.metrics().forEach((series, value) -> {
            Matcher counted = COUNTED.matcher(series);
            if (counted.matches()) {
                counts.put(counted.group(1) + "." + counted.group(2), value.longValue());
            }
        });
        return counts;
    }

    private static String name(Tier tier) {
        return tier.name().substring("TIER_".length()).toLowerCase(Locale.ROOT);
    }
}
