package io.tidepool.emulator.http;

import com.aliyun.oss.internal.SignParameters;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.tidepool.emulator.auth.Authenticator;
import io.tidepool.emulator.count.KeyCount;
import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.fault.FaultKind;
import io.tidepool.emulator.protocol.OssError;
import io.tidepool.emulator.protocol.OssRequest;
import io.tidepool.emulator.store.Bucket;
import io.tidepool.emulator.store.Crc64Sums;
import io.tidepool.emulator.store.InvalidKeyException;
import io.tidepool.emulator.store.StoredObject;
import io.tidepool.emulator.store.Upload;
import java.io.IOException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What each operation answers: signature, fault, preconditions, then the operation itself. Thread-safe. */
final class ObjectService {

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    /** Of the parameters that name a sub-resource (or change the reply), those that are served or do no harm. */
    private static final Set<String> SERVED_PARAMETERS =
            Set.of("objectMeta", "continuation-token", "security-token", "x-oss-traffic-limit", "sequential");

    private final ServerContext server;

    ObjectService(ServerContext server) {
        this.server = server;
    }

    /** @param upload the body of a PUT, not yet committed; stays the caller's to close */
    CompletableFuture<Delivery> answer(OssRequest request, @Nullable Upload upload) throws IOException {
        String operation = operation(request);
        server.counters().request(request.bucket(), request.key(), operation);
        Authenticator authenticator = server.authenticator();
        if (authenticator != null) {
            authenticator.check(request);
        }
        requireServed(request);
        return switch (operation) {
            case "GET", "HEAD", "META" -> read(request, operation);
            case "LIST" -> done(request, operation, () -> Reply.xml(200, list(request)));
            case "PUT" -> done(request, operation, () -> put(request, upload));
            case "DELETE" -> done(request, operation, () -> delete(request));
            default -> throw OssError.of(501, "NotImplemented", "The emulator does not know this operation.");
        };
    }

    private static String operation(OssRequest request) {
        boolean object = !request.key().isEmpty();
        return switch (request.method()) {
            case "GET" -> request.has("objectMeta") || request.bucket().isEmpty() ? "OTHER" : object ? "GET" : "LIST";
            case "HEAD" -> !object ? "OTHER" : request.has("objectMeta") ? "META" : "HEAD";
            case "PUT" -> object ? "PUT" : "OTHER";
            case "DELETE" -> object ? "DELETE" : "OTHER";
            default -> "OTHER";
        };
    }

    private static void requireServed(OssRequest request) {
        for (String name : request.parameters().keySet()) {
            if (SignParameters.SIGNED_PARAMTERS.contains(name) && !SERVED_PARAMETERS.contains(name)) {
                throw OssError.of(501, "NotImplemented", "The emulator does not serve ?" + name + ".");
            }
        }
        if (!request.header("x-oss-copy-source").isEmpty()) {
            throw OssError.of(501, "NotImplemented", "The emulator does not copy objects.");
        }
    }

    /** An operation that is not about bytes of an object. */
    private interface Operation {
        Reply run() throws IOException;
    }

    private CompletableFuture<Delivery> done(OssRequest request, String operation, Operation body) throws IOException {
        Fault fault = server.faults().draw(operation, request.key(), 0, 0).orElse(null);
        throwIfStatus(fault);
        Reply reply = body.run();
        return CompletableFuture.completedFuture(
                fault == null ? Delivery.of(reply) : Misfortune.of(reply, fault, null));
    }

    private CompletableFuture<Delivery> read(OssRequest request, String operation) {
        Optional<StoredObject> found = server.store().find(request.bucket()).flatMap(b -> b.find(request.key()));
        ByteRange range = found.map(object -> range(request, object)).orElse(ByteRange.whole(0));
        Fault fault = server.faults()
                .draw(operation, request.key(), range.offset(), range.length())
                .orElse(null);
        throwIfStatus(fault);
        StoredObject object = found.orElseThrow(() -> missing(request));
        if (!Conditions.permit(request, object)) {
            Reply notModified = Reply.empty(304);
            notModified.headers().set("ETag", '"' + object.etag() + '"').set("Last-Modified", lastModified(object));
            return CompletableFuture.completedFuture(Delivery.of(notModified));
        }
        ByteRange answered =
                fault != null && fault.kind() == FaultKind.IGNORE_RANGE ? ByteRange.whole(object.size()) : range;
        if (answered.kind() == ByteRange.Kind.UNSATISFIABLE) {
            throw OssError.of(416, "InvalidRange", "The requested range cannot be satisfied.")
                    .with("ActualObjectSize", String.valueOf(object.size()))
                    .with("RangeRequested", request.header("range"));
        }
        CompletableFuture<Optional<Long>> crc64 = object.offersCrc64() && !operation.equals("META")
                ? Crc64Sums.of(object).thenApply(Optional::of)
                : CompletableFuture.completedFuture(Optional.empty());
        return crc64.thenApply(sum -> {
            Reply reply = objectReply(object, answered, sum);
            if (operation.equals("GET")) {
                int status = reply.status();
                server.counters()
                        .answered(
                                request.bucket(),
                                request.key(),
                                new KeyCount.Range(answered.offset(), answered.length(), status));
            }
            return fault == null ? Delivery.of(reply) : Misfortune.of(reply, fault, object);
        });
    }

    private static ByteRange range(OssRequest request, StoredObject object) {
        // HeadObject has no Range.
        return request.method().equals("GET")
                ? ByteRange.parse(
                        request.header("range"),
                        object.size(),
                        request.header("x-oss-range-behavior").equalsIgnoreCase("standard"))
                : ByteRange.whole(object.size());
    }

    private static Reply objectReply(StoredObject object, ByteRange range, Optional<Long> crc64) {
        HttpHeaders headers = new DefaultHttpHeaders();
        headers.set("Content-Type", "application/octet-stream");
        object.headers().forEach(headers::set);
        headers.set("ETag", '"' + object.etag() + '"')
                .set("Last-Modified", lastModified(object))
                .set("Accept-Ranges", "bytes")
                .set("x-oss-object-type", "Normal")
                .set("x-oss-storage-class", "Standard");
        crc64.ifPresent(sum -> headers.set("x-oss-hash-crc64ecma", Long.toUnsignedString(sum)));
        boolean part = range.kind() == ByteRange.Kind.PART;
        if (part) {
            long last = range.offset() + range.length() - 1;
            headers.set("Content-Range", "bytes " + range.offset() + "-" + last + "/" + object.size());
        }
        return new Reply(
                part ? 206 : 200, headers, new Reply.Payload(object::open, range.offset(), range.length(), true));
    }

    private byte[] list(OssRequest request) {
        return new ListObjects(request, bucket(request)).page();
    }

    private Reply put(OssRequest request, @Nullable Upload upload) throws IOException {
        bucket(request);
        if (upload == null) {
            throw OssError.of(400, "InvalidObjectName", "The specified object is not valid.");
        }
        String md5 = request.header("content-md5");
        if (!md5.isEmpty() && !Arrays.equals(decodeMd5(md5), upload.md5())) {
            throw OssError.of(400, "InvalidDigest", "The Content-MD5 you specified did not match what we received.");
        }
        StoredObject object = upload.commit(kept(request.headers()));
        Reply reply = Reply.empty(200);
        reply.headers()
                .set("ETag", '"' + object.etag() + '"')
                .set("Content-MD5", Base64.getEncoder().encodeToString(upload.md5()))
                .set("x-oss-hash-crc64ecma", Long.toUnsignedString(upload.crc64()));
        return reply;
    }

    private static byte[] decodeMd5(String header) {
        try {
            return Base64.getDecoder().decode(header);
        } catch (IllegalArgumentException e) {
            throw OssError.of(400, "InvalidDigest", "The Content-MD5 you specified is not valid.");
        }
    }

    private static Map<String, String> kept(HttpHeaders headers) {
        Map<String, String> kept = new HashMap<>();
        for (Map.Entry<String, String> header : headers) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (name.equals("content-type") || name.startsWith("x-oss-meta-")) {
                kept.put(name, header.getValue());
            }
        }
        return kept;
    }

    private Reply delete(OssRequest request) {
        bucket(request).delete(request.key());
        return Reply.empty(204);
    }

    private Bucket bucket(OssRequest request) {
        return server.store().find(request.bucket()).orElseThrow(() -> noSuchBucket(request));
    }

    private OssError missing(OssRequest request) {
        return server.store().find(request.bucket()).isEmpty()
                ? noSuchBucket(request)
                : OssError.of(404, "NoSuchKey", "The specified key does not exist.")
                        .with("Key", request.key());
    }

    private static OssError noSuchBucket(OssRequest request) {
        return OssError.of(404, "NoSuchBucket", "The specified bucket does not exist.")
                .with("BucketName", request.bucket());
    }

    private static void throwIfStatus(@Nullable Fault fault) {
        if (fault != null && fault.kind() == FaultKind.STATUS) {
            OssError error = OssError.of(fault.status(), fault.code(), "Injected by a fault rule of the emulator.");
            throw fault.delay().isZero()
                    ? error
                    : error.withHeader(
                            Misfortune.QOS_DELAY, String.valueOf(fault.delay().toMillis()));
        }
    }

    /** Empty when there is nothing to upload to: no such bucket, or no possible key. */
    Optional<Upload> startUpload(OssRequest request) throws IOException {
        Optional<Bucket> bucket = server.store().find(request.bucket());
        if (bucket.isEmpty() || request.key().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(bucket.get().startUpload(request.key()));
        } catch (InvalidKeyException e) {
            return Optional.empty();
        }
    }

    private static String lastModified(StoredObject object) {
        return HTTP_DATE.format(object.lastModified());
    }
}
