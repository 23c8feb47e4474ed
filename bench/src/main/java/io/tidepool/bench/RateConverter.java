package io.tidepool.bench;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the bandwidth of a link, in bits a second: {@code 200Mbit}, {@code 2.5Gbit}. */
public final class RateConverter implements ITypeConverter<Long> {
    private static final Pattern RATE = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)([kmg])bit(?:/s)?");

    @Override
    public Long convert(String text) {
        Matcher rate = RATE.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!rate.matches()) {
            throw new TypeConversionException("'" + text + "' is not a bandwidth: write it like 200Mbit or 2.5Gbit");
        }
        int thousands = 1 + "kmg".indexOf(rate.group(2));
        return new BigDecimal(rate.group(1)).scaleByPowerOfTen(3 * thousands).longValue();
    }

    /** {@code 200 Mbit/s}. */
    public static String text(long bitsPerSecond) {
        return new BigDecimal(bitsPerSecond)
                        .scaleByPowerOfTen(-6)
                        .stripTrailingZeros()
                        .toPlainString() + " Mbit/s";
    }
}
