package io.tidepool.emulator.operation;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.tidepool.emulator.protocol.OssError;
import io.tidepool.emulator.protocol.OssRequest;
import io.tidepool.emulator.store.Attributes;
import io.tidepool.emulator.store.ObjectType;
import io.tidepool.emulator.store.StoredObject;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The headers of an object: what a request gives it, what a reply tells of it. */
public final class ObjectHeaders {

    private static final Set<String> KEPT = Set.of(
            "content-type", "content-encoding", "content-language", "content-disposition", "cache-control", "expires");

    private static final Set<String> ACLS = Set.of("default", "private", "public-read", "public-read-write");

    private ObjectHeaders() {}

    /** What an object is to have that this request makes. */
    static Attributes given(OssRequest request) {
        Map<String, String> headers = new HashMap<>();
        for (Map.Entry<String, String> header : request.headers()) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (KEPT.contains(name) || name.startsWith("x-oss-meta-")) {
                headers.put(name, header.getValue());
            }
        }
        return new Attributes(
                ObjectType.NORMAL, headers, Tags.ofHeader(request.header("x-oss-tagging")), acl(request, "default"));
    }

    /** The ACL that a request gives an object. */
    static String acl(OssRequest request, String otherwise) {
        String acl = request.header("x-oss-object-acl");
        if (!acl.isEmpty() && !ACLS.contains(acl)) {
            throw OssError.invalidArgument("no such acl: " + acl)
                    .with("ArgumentName", "x-oss-object-acl")
                    .with("ArgumentValue", acl);
        }
        return acl.isEmpty() ? otherwise : acl;
    }

    /** Those of every reply about the object, without CRC64 and range. */
    public static HttpHeaders of(StoredObject object) {
        Attributes attributes = object.attributes();
        HttpHeaders headers = new DefaultHttpHeaders();
        headers.set("Content-Type", "application/octet-stream");
        attributes.headers().forEach(headers::set);
        headers.set("ETag", '"' + object.etag() + '"')
                .set("Last-Modified", Times.http(object.lastModified()))
                .set("Accept-Ranges", "bytes")
                .set("x-oss-object-type", attributes.type().header())
                .set("x-oss-storage-class", "Standard");
        if (attributes.type() == ObjectType.APPENDABLE) {
            headers.set("x-oss-next-append-position", object.size());
        }
        if (!attributes.tags().isEmpty()) {
            headers.set("x-oss-tagging-count", attributes.tags().size());
        }
        return headers;
    }

    /** {@code response-content-type} and its like: what a signed request may have a GET say. */
    public static void override(OssRequest request, HttpHeaders headers) {
        request.parameters().forEach((name, value) -> {
            String header = name.startsWith("response-") ? name.substring("response-".length()) : "";
            if (KEPT.contains(header)) {
                if (!request.isSigned()) {
                    throw OssError.of(
                            400, "InvalidRequest", "Response headers are overridden by signed requests only.");
                }
                headers.set(header, value);
            }
        });
    }
}
