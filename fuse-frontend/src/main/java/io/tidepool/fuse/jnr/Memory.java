package io.tidepool.fuse.jnr;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Native memory by address: what libfuse hands to us as pointers. Nothing is checked, as in C. */
final class Memory {
    private static final MemorySegment ALL = everything();

    /** The kernel passes no longer name (FUSE_NAME_MAX). */
    private static final int MAX_NAME_BYTES = 1024;

    private Memory() {}

    static int getInt(long address) {
        return ALL.get(JAVA_INT_UNALIGNED, address);
    }

    static void putInt(long address, int value) {
        ALL.set(JAVA_INT_UNALIGNED, address, value);
    }

    static long getLong(long address) {
        return ALL.get(JAVA_LONG_UNALIGNED, address);
    }

    static void putLong(long address, long value) {
        ALL.set(JAVA_LONG_UNALIGNED, address, value);
    }

    /** The C string at an address; null if it isn't valid UTF-8. */
    static @Nullable String getUtf8(long address) {
        int length = 0;
        while (length < MAX_NAME_BYTES && ALL.get(JAVA_BYTE, address + length) != 0) {
            length++;
        }
        ByteBuffer bytes = ALL.asSlice(address, length).asByteBuffer();
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    @SuppressWarnings("restricted") // the addresses come from libfuse; their bounds are known to nobody
    private static MemorySegment everything() {
        return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    }
}
