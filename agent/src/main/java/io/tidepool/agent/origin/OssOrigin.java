package io.tidepool.agent.origin;

import com.aliyun.oss.ClientException;
import com.aliyun.oss.OSS;
import com.aliyun.oss.OSSErrorCode;
import com.aliyun.oss.OSSException;
import com.aliyun.oss.internal.OSSUtils;
import com.aliyun.oss.model.GenericRequest;
import com.aliyun.oss.model.GetObjectRequest;
import com.aliyun.oss.model.OSSObject;
import com.aliyun.oss.model.ObjectMetadata;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.chunk.ObjectVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** An OSS bucket, through Alibaba's SDK. Thread-safe. */
public final class OssOrigin implements Origin {
    static final String READ = "read";
    static final String HEAD = "head";
    static final String LIST = "list";

    /** The most that the JDK's socket reads at once. */
    private static final int PIECE_BYTES = 128 << 10;

    private final String name;
    private final String bucket;
    private final FailedAnswers failedAnswers = new FailedAnswers();
    private final OssFailures failures;
    private final OSS client;
    private final long stallNanos;

    /** @param name the configured one, which versions carry */
    public OssOrigin(String name, OssOptions options) {
        this.name = name;
        this.bucket = options.bucket();
        this.failures = new OssFailures(name, options.region(), options.credentials());
        this.client = OssClients.open(options, failedAnswers);
        this.stallNanos = options.stallTimeout().toNanos();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public @Nullable ObjectInfo head(String key) throws ChunkException, InterruptedException {
        if (!OSSUtils.validateObjectKey(key)) {
            return null;
        }
        return SocketThread.ask(() -> Optional.ofNullable(headOrNull(key))).orElse(null);
    }

    private @Nullable ObjectInfo headOrNull(String key) throws ChunkException, InterruptedException {
        GenericRequest request = new GenericRequest(bucket, key);
        request.setLogEnabled(false);
        try {
            return info(key, client.getObjectMetadata(request));
        } catch (OSSException e) {
            FailedAnswers.Answer answer = failedAnswers.takeLast();
            if (answer != null && answer.status() == 404 && !OSSErrorCode.NO_SUCH_BUCKET.equals(e.getErrorCode())) {
                return null;
            }
            throw failures.answered(HEAD, key, answer, e);
        } catch (RuntimeException e) {
            throw failures.unanswered(HEAD, key, e);
        }
    }

    private ObjectInfo info(String key, ObjectMetadata metadata) throws ChunkException {
        Object length = metadata.getRawMetadata().get("Content-Length");
        Date modified = metadata.getRawMetadata().get("Last-Modified") instanceof Date d ? d : null;
        String etag = metadata.getETag();
        if (!(length instanceof Long size) || modified == null || etag == null || etag.isEmpty()) {
            throw failures.wrong(HEAD, key, "no Content-Length, Last-Modified or ETag", metadata.getRequestId());
        }
        Object crc64 = metadata.getRawMetadata().get("x-oss-hash-crc64ecma");
        return new ObjectInfo(
                new ObjectVersion(name, key, etag, size),
                modified.toInstant(),
                crc64 instanceof String s ? Crc64.parse(s) : OptionalLong.empty());
    }

    @Override
    public ListPage list(String prefix, boolean delimited, @Nullable String after, int limit)
            throws ChunkException, InterruptedException {
        return SocketThread.ask(() -> {
            try {
                return new OssListing(name, bucket, prefix, delimited, after, limit).fetch(client);
            } catch (OSSException e) {
                throw failures.answered(LIST, prefix, failedAnswers.takeLast(), e);
            } catch (RuntimeException e) {
                throw failures.unanswered(LIST, prefix, e);
            }
        });
    }

    @Override
    public void read(ChunkId id, Landing into) throws ChunkException, InterruptedException {
        SocketThread.write(() -> {
            get(id, into);
            return into;
        });
    }

    private void get(ChunkId id, Landing into) throws ChunkException, InterruptedException {
        String key = id.version().key();
        long firstByte = id.offset() + into.landed();
        int length = into.remaining();
        failedAnswers.takeLast(); // of a try before this one, which nobody asked about
        OSSObject object;
        try {
            object = client.getObject(request(id.version(), firstByte, length));
        } catch (OSSException e) {
            throw failures.answered(READ, key, failedAnswers.takeLast(), e);
        } catch (RuntimeException e) {
            throw failures.unanswered(READ, key, e);
        }
        try {
            String fault = RangeAnswer.fault(object.getResponse(), id.version(), firstByte, length);
            if (fault != null) {
                throw failures.wrong(READ, key, fault, object.getRequestId());
            }
            // Not getObjectContent(), which sums a CRC64 of its own.
            InputStream body = object.getResponse().getContent();
            land(body, into, new Crawl(stallNanos));
            body.close();
        } catch (IOException e) {
            throw failures.unanswered(READ, key, e);
        } finally {
            // Closing the body of a failed try would first read it to its end. A connection that went back to the
            // pool is not touched.
            abort(object);
        }
    }

    private GetObjectRequest request(ObjectVersion version, long firstByte, int length) {
        GetObjectRequest request = new GetObjectRequest(bucket, version.key());
        request.setRange(firstByte, firstByte + length - 1);
        request.setMatchingETagConstraints(List.of('"' + version.etag() + '"'));
        // Else a range that does not fit is answered with the whole object.
        request.addHeader("x-oss-range-behavior", "standard");
        request.setLogEnabled(false);
        return request;
    }

    private static void land(InputStream body, Landing into, Crawl crawl) throws IOException, InterruptedException {
        byte[] piece = new byte[Math.min(PIECE_BYTES, into.remaining())];
        while (into.remaining() > 0) {
            int count = body.read(piece, 0, Math.min(piece.length, into.remaining()));
            if (count < 0) {
                throw new IOException("the body ended " + into.remaining() + " bytes early");
            }
            into.put(piece, count);
            crawl.check(count);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private static void abort(OSSObject object) {
        try {
            object.forcedClose();
        } catch (IOException | ClientException e) {
            // The connection is gone, which is what was wanted.
        }
    }

    /** The connection pool as the HTTP client prints it: leased, pending, available, max. */
    String connectionStats() {
        return client.getConnectionPoolStats();
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
