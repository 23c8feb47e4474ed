package io.tidepool.bench.lab;

import io.tidepool.proto.v1.Tier;
import io.tidepool.proto.v1.TierBytes;
import io.tidepool.proto.v1.TrafficStatus;
import java.util.EnumMap;
import java.util.Map;

/** Bytes that an agent gave to readers, by where it found them. */
public final class Tiers {
    private Tiers() {}

    /** What was found where between two statuses of one agent. */
    public static Map<Tier, Long> foundBetween(TrafficStatus before, TrafficStatus after) {
        Map<Tier, Long> found = new EnumMap<>(Tier.class);
        after.getReadBytesList().forEach(bytes -> found.merge(bytes.getTier(), bytes.getBytes(), Long::sum));
        for (TierBytes bytes : before.getReadBytesList()) {
            found.merge(bytes.getTier(), -bytes.getBytes(), Long::sum);
        }
        return found;
    }
}
