package io.tidepool.emulator.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.tidepool.emulator.auth.Authenticator;
import io.tidepool.emulator.count.KeyCount;
import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.fault.FaultKind;
import io.tidepool.emulator.operation.ByteRange;
import io.tidepool.emulator.operation.Conditions;
import io.tidepool.emulator.operation.Lookup;
import io.tidepool.emulator.operation.ObjectHeaders;
import io.tidepool.emulator.operation.Operation;
import io.tidepool.emulator.operation.Operations;
import io.tidepool.emulator.operation.Reply;
import io.tidepool.emulator.operation.Times;
import io.tidepool.emulator.protocol.OssError;
import io.tidepool.emulator.protocol.OssRequest;
import io.tidepool.emulator.store.Bucket;
import io.tidepool.emulator.store.Crc64Sums;
import io.tidepool.emulator.store.StoredObject;
import io.tidepool.emulator.store.Upload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The way of every request: counted, signature checked, a fault drawn, then answered: the reading of objects here, all
 * else by {@link Operations}. Thread-safe.
 */
final class ObjectService {

    /** Operations that move many bytes; the lock of a bucket keeps them in order. */
    private static final Executor WORKERS = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("emulator-worker-", 0).factory());

    private final ServerContext server;
    private final Lookup lookup;
    private final Operations operations;

    ObjectService(ServerContext server) {
        this.server = server;
        this.lookup = new Lookup(server.store());
        this.operations = new Operations(server.store(), server.region(), server.clock());
    }

    /** @param upload the request's body, not yet taken; stays the caller's to close */
    CompletableFuture<Delivery> answer(OssRequest request, @Nullable Upload upload) throws IOException {
        Operation operation = Operation.of(request);
        server.counters().request(request.bucket(), request.key(), operation.counted());
        Authenticator authenticator = server.authenticator();
        if (authenticator != null) {
            authenticator.check(request);
        }
        operation.requireServed(request);
        return switch (operation) {
            case GET, HEAD, META -> read(request, operation);
            default -> operate(request, operation, upload);
        };
    }

    /** An operation that is not about bytes of an object. */
    private CompletableFuture<Delivery> operate(OssRequest request, Operation operation, @Nullable Upload upload)
            throws IOException {
        Fault fault =
                server.faults().draw(operation.counted(), request.key(), 0, 0).orElse(null);
        throwIfStatus(fault);
        CompletableFuture<Reply> reply = operation.isSlow()
                ? CompletableFuture.supplyAsync(() -> operateUnchecked(request, operation, upload), WORKERS)
                : CompletableFuture.completedFuture(operations.answer(operation, request, upload));
        return reply.thenApply(done -> fault == null ? Delivery.of(done) : Misfortune.of(done, fault, null));
    }

    private Reply operateUnchecked(OssRequest request, Operation operation, @Nullable Upload upload) {
        try {
            return operations.answer(operation, request, upload);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private CompletableFuture<Delivery> read(OssRequest request, Operation operation) {
        Optional<StoredObject> found = server.store().find(request.bucket()).flatMap(b -> b.find(request.key()));
        ByteRange range = found.map(object -> range(request, object)).orElse(ByteRange.whole(0));
        Fault fault = server.faults()
                .draw(operation.counted(), request.key(), range.offset(), range.length())
                .orElse(null);
        throwIfStatus(fault);
        StoredObject object = found.orElseGet(() -> lookup.object(request));
        if (!Conditions.permit(request, "", object)) {
            Reply notModified = Reply.empty(304);
            notModified
                    .headers()
                    .set("ETag", '"' + object.etag() + '"')
                    .set("Last-Modified", Times.http(object.lastModified()));
            return CompletableFuture.completedFuture(Delivery.of(notModified));
        }
        ByteRange answered =
                fault != null && fault.kind() == FaultKind.IGNORE_RANGE ? ByteRange.whole(object.size()) : range;
        if (answered.kind() == ByteRange.Kind.UNSATISFIABLE) {
            throw OssError.of(416, "InvalidRange", "The requested range cannot be satisfied.")
                    .with("ActualObjectSize", String.valueOf(object.size()))
                    .with("RangeRequested", request.header("range"));
        }
        CompletableFuture<Optional<Long>> crc64 = object.offersCrc64() && operation != Operation.META
                ? Crc64Sums.of(object).thenApply(Optional::of)
                : CompletableFuture.completedFuture(Optional.empty());
        return crc64.thenApply(sum -> {
            Reply reply = objectReply(object, answered, sum);
            if (operation == Operation.GET) {
                ObjectHeaders.override(request, reply.headers());
                server.counters()
                        .answered(
                                request.bucket(),
                                request.key(),
                                new KeyCount.Range(answered.offset(), answered.length(), reply.status()));
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
        HttpHeaders headers = ObjectHeaders.of(object);
        crc64.ifPresent(sum -> headers.set("x-oss-hash-crc64ecma", Long.toUnsignedString(sum)));
        boolean part = range.kind() == ByteRange.Kind.PART;
        if (part) {
            long last = range.offset() + range.length() - 1;
            headers.set("Content-Range", "bytes " + range.offset() + "-" + last + "/" + object.size());
        }
        return new Reply(
                part ? 206 : 200, headers, new Reply.Payload(object::open, range.offset(), range.length(), true));
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

    /** Empty for a request without a body that matters, or when there is no such bucket. */
    Optional<Upload> startUpload(OssRequest request) throws IOException {
        Operation operation = Operation.of(request);
        if (operation.takesXml()) {
            return Optional.of(server.store().startUpload());
        }
        Optional<Bucket> bucket = operation.takesBytes() ? server.store().find(request.bucket()) : Optional.empty();
        return bucket.isEmpty() ? Optional.empty() : Optional.of(bucket.get().startUpload());
    }
}
