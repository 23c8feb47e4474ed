package io.tidepool.agent.origin;

import com.aliyun.oss.common.utils.CRC64;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * {@code lzma_crc64} of xz's liblzma, called through the JDK's foreign function interface.
 *
 * <p>It is used only after it gave the same sums as the SDK's code, once, when this class is loaded.
 */
final class LzmaCrc64 {
    private static final String LIBRARY = "liblzma.so.5";
    private static final Found FOUND = find();

    /** @param whyNot empty if there is a function */
    private record Found(@Nullable MethodHandle function, String whyNot) {}

    private LzmaCrc64() {}

    @SuppressWarnings(
            "restricted") // The signature is that of lzma/check.h: uint64_t (const uint8_t *, size_t, uint64_t).
    private static Found find() {
        try {
            MethodHandle function = Linker.nativeLinker()
                    .downcallHandle(
                            SymbolLookup.libraryLookup(LIBRARY, Arena.global()).findOrThrow("lzma_crc64"),
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG));
            return agrees(function) ? new Found(function, "") : new Found(null, LIBRARY + " gives other sums");
        } catch (RuntimeException | LinkageError e) {
            return new Found(null, "no usable " + LIBRARY);
        }
    }

    static boolean isAvailable() {
        return FOUND.function != null;
    }

    static String whyNot() {
        return FOUND.whyNot;
    }

    /** {@code bytes} is direct; consumed to its limit. */
    static long update(long crc, ByteBuffer bytes) {
        MethodHandle function = FOUND.function;
        if (function == null) {
            throw new IllegalStateException(FOUND.whyNot);
        }
        long updated = call(function, crc, bytes);
        bytes.position(bytes.limit());
        return updated;
    }

    private static long call(MethodHandle function, long crc, ByteBuffer bytes) {
        try {
            return (long) function.invokeExact(MemorySegment.ofBuffer(bytes), (long) bytes.remaining(), crc);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a C function can't throw", e);
        }
    }

    private static boolean agrees(MethodHandle function) {
        byte[] sample = new byte[4099];
        new Random(1).nextBytes(sample);
        CRC64 sdk = new CRC64(sample, sample.length);
        ByteBuffer direct = ByteBuffer.allocateDirect(sample.length).put(sample).flip();
        long half = call(function, 0, direct.slice(0, 1001));
        return call(function, half, direct.slice(1001, sample.length - 1001)) == sdk.getValue();
    }
}
