package io.tidepool.emulator.operation;

import io.netty.handler.codec.http.HttpHeaders;
import io.tidepool.emulator.protocol.OssError;
import io.tidepool.emulator.protocol.OssRequest;
import io.tidepool.emulator.store.Attributes;
import io.tidepool.emulator.store.Bucket;
import io.tidepool.emulator.store.Crc64Sums;
import io.tidepool.emulator.store.ObjectType;
import io.tidepool.emulator.store.Segment;
import io.tidepool.emulator.store.StoredObject;
import io.tidepool.emulator.store.Upload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** What makes, extends and removes objects in one request. */
final class ObjectWrites {

    private static final long MAX_APPENDED_BYTES = 5L << 30;

    private final Lookup lookup;

    ObjectWrites(Lookup lookup) {
        this.lookup = lookup;
    }

    Reply put(OssRequest request, Upload upload) throws IOException {
        Bucket bucket = lookup.bucket(request);
        Bodies.checkMd5(request, upload);
        Attributes attributes = ObjectHeaders.given(request);
        StoredObject object = commit(request, bucket, List.of(upload.take()), upload.etag(), attributes);
        Crc64Sums.remember(object, upload.crc64());
        Reply reply = Reply.empty(200);
        reply.headers()
                .set("ETag", '"' + object.etag() + '"')
                .set("Content-MD5", Base64.getEncoder().encodeToString(upload.md5()))
                .set("x-oss-hash-crc64ecma", Long.toUnsignedString(upload.crc64()));
        return reply;
    }

    Reply copy(OssRequest request) throws IOException {
        Bucket bucket = lookup.bucket(request);
        StoredObject source = CopySource.find(request, lookup);
        boolean onItself = request.key().equals(source.key())
                && bucket.find(request.key()).filter(source::equals).isPresent();
        Attributes attributes = copied(request, source.attributes(), onItself);
        checkOverwrite(request, bucket);
        List<Segment> staged = bucket.stage(source.segments());
        StoredObject object = commit(request, bucket, staged, source.etag(), attributes);
        return copyResult("CopyObjectResult", object.etag(), object);
    }

    /** Makes staged bytes the object, unless that is forbidden and there is one. */
    static StoredObject commit(
            OssRequest request, Bucket bucket, List<Segment> staged, String etag, Attributes attributes)
            throws IOException {
        return bucket.exclusively(() -> {
            try {
                checkOverwrite(request, bucket);
            } catch (OssError e) {
                bucket.discard(staged);
                throw e;
            }
            return bucket.commit(request.key(), staged, etag, attributes);
        });
    }

    /** The ETag in a header too: some clients look for it there. */
    static Reply copyResult(String root, String etag, StoredObject dated) {
        XmlDocument xml = new XmlDocument(root)
                .text("ETag", '"' + etag + '"')
                .text("LastModified", Times.iso(dated.lastModified()));
        Reply reply = Reply.xml(200, xml.finish());
        reply.headers().set("ETag", '"' + etag + '"');
        return reply;
    }

    /** A copy on itself replaces the metadata whatever the directive says; the ACL is never copied. */
    private static Attributes copied(OssRequest request, Attributes source, boolean onItself) {
        Attributes given = ObjectHeaders.given(request);
        boolean replaceHeaders = directive(request, "x-oss-metadata-directive") || onItself;
        boolean replaceTags = directive(request, "x-oss-tagging-directive");
        return given.withHeaders(replaceHeaders ? given.headers() : source.headers())
                .withTags(replaceTags ? given.tags() : source.tags());
    }

    /** Whether it says REPLACE; COPY is what OSS does without it. */
    private static boolean directive(OssRequest request, String header) {
        String value = request.header(header);
        if (value.isEmpty() || value.equalsIgnoreCase("COPY")) {
            return false;
        }
        if (value.equalsIgnoreCase("REPLACE")) {
            return true;
        }
        throw OssError.invalidArgument("The " + header + " header is neither COPY nor REPLACE.")
                .with("ArgumentName", header)
                .with("ArgumentValue", value);
    }

    Reply append(OssRequest request, Upload upload) throws IOException {
        Bucket bucket = lookup.bucket(request);
        Bodies.checkMd5(request, upload);
        String text = request.parameter("position");
        if (!text.matches("\\d{1,18}")) {
            throw OssError.invalidArgument("Missing or invalid position parameter.")
                    .with("ArgumentName", "position");
        }
        StoredObject object = bucket.exclusively(() -> append(request, bucket, Long.parseLong(text), upload));
        Reply reply = Reply.empty(200);
        describe(object, reply.headers());
        reply.headers().set("ETag", '"' + object.etag() + '"');
        return reply;
    }

    private static StoredObject append(OssRequest request, Bucket bucket, long position, Upload upload)
            throws IOException {
        StoredObject old = bucket.find(request.key()).orElse(null);
        if (old != null && old.attributes().type() != ObjectType.APPENDABLE) {
            throw OssError.of(409, "ObjectNotAppendable", "The object is not appendable.");
        }
        long length = old == null ? 0 : old.size();
        if (position != length) {
            OssError error = OssError.of(409, "PositionNotEqualToLength", "Position is not equal to file length.")
                    .withHeader("x-oss-next-append-position", String.valueOf(length));
            throw old == null ? error : error.withHeader("x-oss-hash-crc64ecma", crc64(old));
        }
        if (length + upload.size() > MAX_APPENDED_BYTES) {
            throw OssError.of(400, "EntityTooLarge", "An appended object has at most 5 GiB.");
        }
        Attributes attributes =
                old == null ? ObjectHeaders.given(request).withType(ObjectType.APPENDABLE) : old.attributes();
        List<Segment> segments = new ArrayList<>(old == null ? List.of() : old.segments());
        Segment added = upload.take();
        segments.add(added);
        List<Segment> staged;
        try {
            staged = bucket.stage(segments);
        } finally {
            bucket.discard(List.of(added));
        }
        String etag = Bodies.etagOfAppend(old == null ? "" : old.etag(), upload.etag());
        long crc64 = old == null
                ? upload.crc64()
                : Crc64Sums.combine(Crc64Sums.of(old).join(), upload.crc64(), upload.size());
        StoredObject object = bucket.commit(request.key(), staged, etag, attributes);
        Crc64Sums.remember(object, crc64);
        return object;
    }

    private static void describe(StoredObject object, HttpHeaders headers) {
        headers.set("x-oss-next-append-position", object.size()).set("x-oss-hash-crc64ecma", crc64(object));
    }

    /** Reads the object: not for an event loop. */
    private static String crc64(StoredObject object) {
        return Long.toUnsignedString(Crc64Sums.of(object).join());
    }

    Reply delete(OssRequest request) {
        lookup.bucket(request).delete(request.key());
        return Reply.empty(204);
    }

    static void checkOverwrite(OssRequest request, Bucket bucket) {
        boolean forbidden = request.header("x-oss-forbid-overwrite").equalsIgnoreCase("true");
        if (forbidden && bucket.find(request.key()).isPresent()) {
            throw OssError.of(
                    409, "FileAlreadyExists", "The object you specified already exists and can not be overwritten.");
        }
    }
}
