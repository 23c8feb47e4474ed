package io.tidepool.emulator.store;

import com.aliyun.oss.common.utils.CRC64;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * CRC64-ECMA of whole objects, computed off the event loops on first demand and remembered for the life of the JVM.
 * Thread-safe. The sums are keyed by ETag and size, which determine the bytes, so copies share them, and two emulators in one JVM.
 */
public final class Crc64Sums {

    private static final int BUFFER_BYTES = 256 << 10;

    private static final Executor WORKER = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("emulator-crc64").factory());
    private static final ConcurrentHashMap<String, CompletableFuture<Long>> SUMS = new ConcurrentHashMap<>();

    private Crc64Sums() {}

    /** The sum as an unsigned 64-bit number; already complete when it was computed before or the object is small. */
    public static CompletableFuture<Long> of(StoredObject object) {
        if (object.size() <= BUFFER_BYTES) {
            return CompletableFuture.completedFuture(compute(object));
        }
        return SUMS.computeIfAbsent(name(object), _ -> CompletableFuture.supplyAsync(() -> compute(object), WORKER));
    }

    /** Spares {@link #of} the reading. */
    public static void remember(StoredObject object, long sum) {
        if (object.size() > BUFFER_BYTES) {
            SUMS.put(name(object), CompletableFuture.completedFuture(sum));
        }
    }

    /** The sum of two runs of bytes, one behind the other. */
    public static long combine(long first, long second, long secondLength) {
        return CRC64.combine(new CRC64(first), new CRC64(second), secondLength).getValue();
    }

    private static String name(StoredObject object) {
        return object.etag() + '\n' + object.size();
    }

    private static long compute(StoredObject object) {
        CRC64 crc = new CRC64();
        byte[] buffer = new byte[(int) Math.min(BUFFER_BYTES, object.size())];
        try (ObjectBody body = object.open()) {
            for (long offset = 0; offset < object.size(); offset += buffer.length) {
                int length = (int) Math.min(buffer.length, object.size() - offset);
                body.fill(offset, ByteBuffer.wrap(buffer, 0, length));
                crc.update(buffer, length);
            }
            return crc.getValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
