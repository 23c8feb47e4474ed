package io.tidepool.emulator;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/** Says in one line what is wrong with bytes that should have been synthetic. Not thread-safe. */
final class SyntheticMismatch {

    /** Versions are small numbers in tests; this many around the expected one are tried. */
    private static final int VERSIONS_TRIED = 1024;

    private final String key;
    private final long version;
    private final long offset;
    private final ByteBuffer actual;
    private final int wrongAt;

    /**
     * @param offset the object offset of the first byte of {@code actual}
     * @param wrongAt the index in {@code actual} of the first wrong byte
     */
    SyntheticMismatch(String key, long version, long offset, ByteBuffer actual, int wrongAt) {
        this.key = key;
        this.version = version;
        this.offset = offset;
        this.actual = actual.order(ByteOrder.LITTLE_ENDIAN);
        this.wrongAt = wrongAt;
    }

    String describe() {
        return "%s version %d is wrong from offset %d (byte %d of %d compared): %s"
                .formatted(key, version, offset + wrongAt, wrongAt, actual.limit(), cause());
    }

    private String cause() {
        int zeros = zeros();
        if (zeros >= 8 || (zeros > 1 && wrongAt + zeros == actual.limit())) {
            return zeros + " zero bytes";
        }
        int wrong = wrongRun();
        if (wrong < 4 && wrongAt + wrong < actual.limit()) {
            return "%d byte(s) differ, then right again: expected %s, got %s"
                    .formatted(wrong, expectedHex(wrong), actualHex(wrong));
        }
        String origin = originOfWords();
        return origin != null ? origin : "foreign bytes: expected %s, got %s".formatted(expectedHex(16), actualHex(16));
    }

    private int zeros() {
        int i = wrongAt;
        while (i < actual.limit() && actual.get(i) == 0) {
            i++;
        }
        return i - wrongAt;
    }

    private int wrongRun() {
        long seed = SyntheticBytes.seed(key, version);
        int i = wrongAt;
        while (i < actual.limit() && actual.get(i) != SyntheticBytes.at(seed, offset + i)) {
            i++;
        }
        return i - wrongAt;
    }

    /** Inverts the words found at each of the eight alignments, for the versions around the expected one. */
    private @org.jspecify.annotations.Nullable String originOfWords() {
        long firstVersion = Math.max(0, version - VERSIONS_TRIED / 2);
        for (int at = wrongAt; at < wrongAt + 8 && at + 8 <= actual.limit(); at++) {
            long word = actual.getLong(at);
            for (long v = firstVersion; v < firstVersion + VERSIONS_TRIED; v++) {
                long from = SyntheticBytes.offsetOfWord(SyntheticBytes.seed(key, v), word);
                if (from >= 0 && from < 1L << 50) {
                    return origin(v, from, from - (offset + at));
                }
            }
        }
        return null;
    }

    private String origin(long fromVersion, long from, long shift) {
        String ofVersion = fromVersion == version ? "the same version" : "version " + fromVersion;
        return shift == 0
                ? "bytes of " + ofVersion + ", same offset"
                : "bytes of %s from around offset %d (shifted by %+d)".formatted(ofVersion, from, shift);
    }

    private String expectedHex(int length) {
        byte[] expected = new byte[Math.min(length, actual.limit() - wrongAt)];
        SyntheticBytes.fill(key, version, offset + wrongAt, ByteBuffer.wrap(expected));
        return HexFormat.of().formatHex(expected);
    }

    private String actualHex(int length) {
        byte[] found = new byte[Math.min(length, actual.limit() - wrongAt)];
        actual.get(wrongAt, found);
        return HexFormat.of().formatHex(found);
    }
}
