package io.tidepool.emulator.store;

import com.aliyun.oss.common.utils.CRC64;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * A request's body while its bytes arrive: into a temporary file when the bucket is a directory, else into memory.
 * Closing throws away what was not taken. One thread at a time, and the thread that closes.
 */
public final class Upload implements AutoCloseable {

    private final @Nullable Path file;
    private final OutputStream out;
    private final HeapBudget heap;
    private final MessageDigest md5 = Digests.md5();
    private final CRC64 crc64 = new CRC64();
    private long size;
    private byte @Nullable [] digest;
    private boolean taken;
    private boolean closed;

    Upload(@Nullable Path file, HeapBudget heap) throws IOException {
        this.file = file;
        this.heap = heap;
        this.out = file == null ? new ByteArrayOutputStream() : Files.newOutputStream(file);
    }

    /** @throws HeapFullException when there is no room for them */
    public synchronized void append(byte[] bytes) throws IOException {
        if (file == null) {
            heap.take(bytes.length);
        }
        size += bytes.length;
        out.write(bytes);
        md5.update(bytes);
        crc64.update(bytes, bytes.length);
    }

    public synchronized long size() {
        return size;
    }

    /** The MD5 of all bytes; none may be appended afterwards. */
    public synchronized byte[] md5() {
        byte[] known = digest;
        if (known == null) {
            known = md5.digest();
            digest = known;
        }
        return known.clone();
    }

    public String etag() {
        return Digests.hex(md5());
    }

    /** The CRC64-ECMA of the bytes so far, as an unsigned number. */
    public synchronized long crc64() {
        return crc64.getValue();
    }

    /** All bytes of an upload into memory. */
    public synchronized byte[] bytes() {
        return ((ByteArrayOutputStream) out).toByteArray();
    }

    /** Hands the bytes over: closing leaves them alone from here on. */
    public synchronized Segment take() throws IOException {
        if (closed) {
            throw new IOException("the client went away");
        }
        taken = true;
        out.close();
        return file == null ? Segment.ofBytes(bytes()) : Segment.ofFile(file, size);
    }

    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        out.close();
        if (file == null) {
            heap.give(size);
        } else if (!taken) {
            Files.deleteIfExists(file);
        }
    }
}
