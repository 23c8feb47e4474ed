package io.tidepool.agent.cli.config;

import io.tidepool.agent.cli.Units;

/** An amount of bytes, written like {@code 512MiB}. */
public record DataSize(long bytes) {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    /**
     * Reads one size.
     *
     * @throws IllegalArgumentException with one line that says what is accepted
     */
    public static DataSize parse(String text) {
        return new DataSize(Units.parseBytes(text));
    }

    /** Exact, in the largest unit that divides it: what {@link #parse} reads back. */
    @Override
    public String toString() {
        long value = bytes;
        int unit = 0;
        while (value != 0 && value % 1024 == 0 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return value + UNITS[unit];
    }
}
