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

/** What a fleet uses from one moment to another. */
final class Meter {
    private final Fleet fleet;
    private final Map<ForkedAgent, TrafficStatus> before = new HashMap<>();
    private final double cpuSeconds;
    private final long startNanos;

    /**
     * @param originBytes that the bucket sent
     * @param cpuShare of this machine's processors that were busy, with everything that runs on it
     * @param foundBytes that agents gave to readers, by where they found them; of agents that live
     */
    record Reading(long originBytes, double cpuShare, Map<String, Long> foundBytes) {}

    private Meter(Fleet fleet) throws ClientException {
        this.fleet = fleet;
        for (ForkedAgent agent : fleet.agents()) {
            before.put(agent, agent.client().status().getTraffic());
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
        for (ForkedAgent agent : fleet.agents()) {
            if (agent.process().isAlive()) {
                TrafficStatus first = before.getOrDefault(agent, TrafficStatus.getDefaultInstance());
                Tiers.foundBetween(first, agent.client().status().getTraffic())
                        .forEach((tier, bytes) -> found.merge(name(tier), bytes, Long::sum));
            }
        }
        return new Reading(fleet.bucket().bytesSent(), Math.min(1, busy), found);
    }

    private static String name(Tier tier) {
        return tier.name().substring("TIER_".length()).toLowerCase(Locale.ROOT);
    }
}
