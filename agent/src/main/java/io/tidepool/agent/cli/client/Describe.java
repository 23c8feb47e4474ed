package io.tidepool.agent.cli.client;

import com.google.protobuf.Timestamp;
import io.tidepool.agent.cli.Units;
import io.tidepool.proto.v1.Entry;
import io.tidepool.proto.v1.TierBytes;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Values of the contract in words for people. */
final class Describe {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Describe() {}

    /** UTC, to the second. */
    static String time(Timestamp time) {
        return TIME.format(Instant.ofEpochSecond(time.getSeconds(), time.getNanos()));
    }

    static Duration duration(com.google.protobuf.Duration duration) {
        return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
    }

    /** What is special about a file; empty if nothing is. */
    static String state(Entry entry) {
        return entry.getQuarantined() ? "quarantined" : entry.getPinned() ? "pinned" : "";
    }

    static long total(List<TierBytes> bytes) {
        return bytes.stream().mapToLong(TierBytes::getBytes).sum();
    }

    /** {@code memory 10%, disk 80%, …}: each tier's share of all of them. */
    static String shares(List<TierBytes> bytes) {
        long total = total(bytes);
        return bytes.stream()
                .map(tier -> name(tier) + " " + Units.percent(tier.getBytes(), total))
                .collect(Collectors.joining(", "));
    }

    static String name(TierBytes tier) {
        return tier.getTier().name().substring("TIER_".length()).toLowerCase(Locale.ROOT);
    }

    /** {@code 1 file}, {@code 3 files}. */
    static String count(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }
}
