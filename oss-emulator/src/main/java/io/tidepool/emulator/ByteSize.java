package io.tidepool.emulator;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: {@code 4096}, {@code 512MiB}, {@code 1.5GB}, and rates: {@code 200MB/s}. */
public final class ByteSize {

    private static final Pattern SYNTAX = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?)\\s*([KMGT]?)(i?)B?(?:/s)?");

    private ByteSize() {}

    /**
     * The size in bytes. KiB, MiB, GiB, TiB count in 1024s, the others in 1000s.
     *
     * @throws IllegalArgumentException saying what is wrong
     */
    public static long parse(String text) {
        Matcher match = SYNTAX.matcher(text.trim());
        if (!match.matches() || (match.group(2).isEmpty() && !match.group(3).isEmpty())) {
            throw new IllegalArgumentException("\"" + text + "\" is no size: write it like 4096, 512MiB or 1.5GB");
        }
        long unit = match.group(3).isEmpty() ? 1000 : 1024;
        int power = match.group(2).isEmpty() ? 0 : "KMGT".indexOf(match.group(2)) + 1;
        BigDecimal bytes =
                new BigDecimal(match.group(1)).multiply(BigDecimal.valueOf(unit).pow(power));
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException("\"" + text + "\" is too large");
        }
        return bytes.longValue();
    }

    /** The size for people, in the largest unit below it: {@code 512.0 MiB}. */
    public static String format(long bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        int power = 0;
        double value = bytes;
        while (value >= 1024 && power < units.length - 1) {
            value /= 1024;
            power++;
        }
        return power == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, units[power]);
    }
}
