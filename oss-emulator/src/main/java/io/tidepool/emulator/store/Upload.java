package io.tidepool.emulator.store;

import com.aliyun.oss.common.utils.CRC64;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A PUT while its bytes arrive: into a temporary file when the bucket is a directory, else into memory. Nothing is
 * visible before {@link #commit}; closing without it throws the bytes away. Not thread-safe.
 */
public final class Upload implements AutoCloseable {

    private final Bucket bucket;
    private final String key;
    private final @Nullable Path file;
    private final OutputStream out;
    private final MessageDigest md5 = Digests.md5();
    private final CRC64 crc64 = new CRC64();
    private byte @Nullable [] digest;

    Upload(Bucket bucket, String key, @Nullable Path file) throws IOException {
        this.bucket = bucket;
        this.key = key;
        this.file = file;
        this.out = file == null ? new ByteArrayOutputStream() : Files.newOutputStream(file);
    }

    public void append(byte[] bytes) throws IOException {
        out.write(bytes);
        md5.update(bytes);
        crc64.update(bytes, bytes.length);
    }

    /** The MD5 of all bytes; none may be appended afterwards. */
    public byte[] md5() {
        byte[] known = digest;
        if (known == null) {
            known = md5.digest();
            digest = known;
        }
        return known.clone();
    }

    /** The CRC64-ECMA of the bytes so far, as an unsigned number. */
    public long crc64() {
        return crc64.getValue();
    }

    public StoredObject commit(Map<String, String> headers) throws IOException {
        out.close();
        if (file != null) {
            return bucket.commit(key, file);
        }
        return bucket.put(key, ((ByteArrayOutputStream) out).toByteArray(), headers);
    }

    @Override
    public void close() throws IOException {
        out.close();
        if (file != null) {
            Files.deleteIfExists(file);
        }
    }
}
