package io.tidepool.emulator;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The bytes of a synthetic object, as a pure function of (key, version, offset): the byte oracle of every test.
 *
 * <p>The object is a sequence of 8-byte little-endian words; word {@code w} (at offset {@code 8w}) is
 * {@code mix(seed(key, version) + w * GAMMA)}. Two properties make it an oracle and not just noise:
 *
 * <ul>
 *   <li>every aligned word encodes its own position, so shifted, swapped, repeated and zero-filled bytes all show;
 *   <li>{@code mix} is a bijection: from a word that should not be there, {@link #check} computes which offset of which
 *       version it came from.
 * </ul>
 *
 * <p>Thread-safe: all methods are pure. Offsets and lengths are bytes; any alignment works.
 */
public final class SyntheticBytes {

    private static final long GAMMA = 0x9E3779B97F4A7C15L;
    private static final long GAMMA_INVERSE = oddInverse(GAMMA);
    private static final long MULTIPLIER = 0xD6E8FEB86659FD93L;
    private static final long MULTIPLIER_INVERSE = oddInverse(MULTIPLIER);

    private SyntheticBytes() {}

    /** Fills what remains of {@code dst} with the bytes from {@code offset} on, and moves its position to its limit. */
    public static void fill(String key, long version, long offset, ByteBuffer dst) {
        fill(seed(key, version), offset, dst);
    }

    /** As {@link #fill(String, long, long, ByteBuffer)}, with the {@link #seed} computed once by the caller. */
    public static void fill(long seed, long offset, ByteBuffer dst) {
        requireOffset(offset);
        int length = dst.remaining();
        int start = dst.position();
        ByteBuffer words = dst.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int head = (int) Math.min(length, -offset & 7);
        fillBytes(seed, offset, words, start, head);
        int wordCount = (length - head) >>> 3;
        fillWords(seed, (offset + head) >>> 3, words, start + head, wordCount);
        int done = head + (wordCount << 3);
        fillBytes(seed, offset + done, words, start + done, length - done);
        dst.position(dst.limit());
    }

    /** The {@code length} bytes from {@code offset} on. */
    public static byte[] range(String key, long version, long offset, int length) {
        byte[] bytes = new byte[length];
        fill(key, version, offset, ByteBuffer.wrap(bytes));
        return bytes;
    }

    /**
     * Compares what remains of {@code actual} with the object's bytes from {@code offset} on; the buffer is left as it
     * was. Empty if equal, else one line about the first wrong byte: zeros, a flipped byte, another version, another
     * offset, or foreign bytes.
     */
    public static Optional<String> check(String key, long version, long offset, ByteBuffer actual) {
        long seed = seed(key, version);
        int wrongAt = mismatch(seed, offset, actual);
        return wrongAt < 0
                ? Optional.empty()
                : Optional.of(new SyntheticMismatch(key, version, offset, actual.slice(), wrongAt).describe());
    }

    /** {@link #check(String, long, long, ByteBuffer)} of a whole array. */
    public static Optional<String> check(String key, long version, long offset, byte[] actual) {
        return check(key, version, offset, ByteBuffer.wrap(actual));
    }

    /** The byte at {@code offset} of the object with this seed. */
    public static byte at(long seed, long offset) {
        return (byte) (mix(seed + (offset >>> 3) * GAMMA) >>> ((offset & 7) << 3));
    }

    /** What {@link #fill(long, long, ByteBuffer)} needs to know of a key and a version. */
    public static long seed(String key, long version) {
        long hash = 0xCBF29CE484222325L;
        for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
        }
        return mix(mix(hash) + version * GAMMA + 1);
    }

    /** The offset (a multiple of 8) whose word this is under {@code seed}; a huge or negative number if none. */
    static long offsetOfWord(long seed, long word) {
        long index = (unmix(word) - seed) * GAMMA_INVERSE;
        return index >= 0 && index <= Long.MAX_VALUE >>> 3 ? index << 3 : -1;
    }

    private static int mismatch(long seed, long offset, ByteBuffer actual) {
        requireOffset(offset);
        int length = actual.remaining();
        ByteBuffer bytes = actual.slice().order(ByteOrder.LITTLE_ENDIAN);
        int head = (int) Math.min(length, -offset & 7);
        int wrong = mismatchBytes(seed, offset, bytes, 0, head);
        if (wrong >= 0) {
            return wrong;
        }
        int words = (length - head) >>> 3;
        int equal = head + (equalWords(seed, (offset + head) >>> 3, bytes, head, words) << 3);
        return mismatchBytes(seed, offset + equal, bytes, equal, Math.min(8, length - equal));
    }

    private static int equalWords(long seed, long firstWord, ByteBuffer words, int at, int count) {
        long x = seed + firstWord * GAMMA;
        int i = 0;
        while (i < count && words.getLong(at + (i << 3)) == mix(x)) {
            x += GAMMA;
            i++;
        }
        return i;
    }

    private static int mismatchBytes(long seed, long offset, ByteBuffer bytes, int at, int length) {
        for (int i = 0; i < length; i++) {
            if (bytes.get(at + i) != at(seed, offset + i)) {
                return at + i;
            }
        }
        return -1;
    }

    private static void fillBytes(long seed, long offset, ByteBuffer bytes, int at, int length) {
        for (int i = 0; i < length; i++) {
            bytes.put(at + i, at(seed, offset + i));
        }
    }

    /**
     * The hot loop: one multiplication and one store for 8 bytes, 7 to 10 GB/s. A byte buffer, because the same loop over
     * a MemorySegment was sometimes left uninlined by the JIT, at a tenth of the speed.
     */
    private static void fillWords(long seed, long firstWord, ByteBuffer words, int at, int count) {
        long x = seed + firstWord * GAMMA;
        for (int i = 0; i < count; i++) {
            words.putLong(at + (i << 3), mix(x));
            x += GAMMA;
        }
    }

    private static long mix(long x) {
        long y = (x ^ (x >>> 32)) * MULTIPLIER;
        return y ^ (y >>> 29);
    }

    private static long unmix(long word) {
        long y = (word ^ (word >>> 29) ^ (word >>> 58)) * MULTIPLIER_INVERSE;
        return y ^ (y >>> 32);
    }

    /** The inverse of an odd number modulo 2^64, by Newton's iteration: each step doubles the right bits. */
    private static long oddInverse(long odd) {
        long inverse = odd;
        for (int i = 0; i < 5; i++) {
            inverse *= 2 - odd * inverse;
        }
        return inverse;
    }

    private static void requireOffset(long offset) {
        if (offset < 0) {
            throw new IllegalArgumentException("offset " + offset + " is negative");
        }
    }
}
