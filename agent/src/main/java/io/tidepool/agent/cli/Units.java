package io.tidepool.agent.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes, rates and times as people read and type them. Binary units (1 KiB = 1,024 B); always the same locale. */
public final class Units {
    private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final Pattern SIZE =
            Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([kmgtp]?)(i?b?)", Pattern.CASE_INSENSITIVE);
    private static final String PREFIXES = "kmgtp";

    private Units() {}

    /** {@code 512 B}, {@code 1.5 KiB}, {@code 8.0 MiB}. */
    public static String bytes(long bytes) {
        return scaled((double) bytes);
    }

    private static String scaled(double bytes) {
        double value = bytes;
        int unit = 0;
        // 1023.95 would round to "1024.0".
        while (value >= 1023.95 && unit < BINARY.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, BINARY[unit]);
    }

    /** {@code 812.3 MiB/s}. */
    public static String rate(double bytesPerSecond) {
        return scaled(bytesPerSecond) + "/s";
    }

    /** Bytes over a time as a rate; a dash for no time at all. */
    public static String rate(long bytes, Duration time) {
        return time.isZero() ? "-" : rate(bytes / (time.toNanos() / 1e9));
    }

    /** {@code 350 ms}, {@code 12.3 s}, {@code 3m 05s}, {@code 2h 03m}, {@code 4d 01h}. */
    public static String duration(Duration time) {
        long millis = time.toMillis();
        if (millis < 1_000) {
            return millis + " ms";
        }
        // 59.95 s would round to "60.0 s".
        if (millis < 59_950) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1e3);
        }
        long seconds = Math.round(millis / 1e3);
        if (seconds < 3_600) {
            return String.format(Locale.ROOT, "%dm %02ds", seconds / 60, seconds % 60);
        }
        long minutes = seconds / 60;
        if (minutes < 24 * 60) {
            return String.format(Locale.ROOT, "%dh %02dm", minutes / 60, minutes % 60);
        }
        return String.format(Locale.ROOT, "%dd %02dh", minutes / (24 * 60), minutes / 60 % 24);
    }

    /** {@code 42%}, rounded down so that 100% means all; a dash for a share of nothing. */
    public static String percent(long part, long whole) {
        return whole == 0 ? "-" : (long) Math.floor(100.0 * part / whole) + "%";
    }

    /**
     * Reads {@code 8388608}, {@code 8M}, {@code 8MiB} (all the same) or {@code 8MB} (8,000,000).
     *
     * @throws IllegalArgumentException with one line that says what is accepted
     */
    public static long parseBytes(String text) {
        Matcher matcher = SIZE.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a size: write bytes, or a number with KiB, MiB, GiB or TiB");
        }
        String prefix = matcher.group(2).toLowerCase(Locale.ROOT);
        boolean decimal = !prefix.isEmpty() && matcher.group(3).equalsIgnoreCase("b");
        int power = prefix.isEmpty() ? 0 : PREFIXES.indexOf(prefix) + 1;
        // Exact: a long has more digits than a double.
        BigDecimal bytes = new BigDecimal(matcher.group(1))
                .multiply(BigDecimal.valueOf(decimal ? 1000 : 1024).pow(power))
                .setScale(0, RoundingMode.HALF_UP);
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException("'" + text + "' is more bytes than there can be");
        }
        return bytes.longValueExact();
    }
}
