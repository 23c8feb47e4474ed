package io.tidepool.emulator.operation;

import com.aliyun.oss.internal.SignParameters;
import io.tidepool.emulator.protocol.OssError;
import io.tidepool.emulator.protocol.OssRequest;
import java.util.Set;

/**
 * What a request asks for: its method, whether it is about the service, a bucket or an object, and the sub-resource in
 * its query. Each names the parameters that it understands; another one that OSS knows is refused, not ignored.
 */
public enum Operation {
    LIST_BUCKETS("OTHER"),

    CREATE_BUCKET("OTHER"),
    DELETE_BUCKET("OTHER"),
    BUCKET_INFO("OTHER", "bucketInfo"),
    BUCKET_LOCATION("OTHER", "location"),
    BUCKET_VERSIONING("OTHER", "versioning"),
    GET_BUCKET_ACL("OTHER", "acl"),
    PUT_BUCKET_ACL("OTHER", "acl"),
    LIST("LIST", "continuation-token"),
    LIST_VERSIONS("LIST", "versions"),
    DELETE_MANY("DELETE", "delete"),

    GET("GET", "response-"),
    HEAD("HEAD"),
    META("META", "objectMeta"),
    PUT("PUT"),
    COPY("COPY"),
    APPEND("APPEND", "append", "position"),
    DELETE("DELETE"),
    GET_ACL("OTHER", "acl"),
    PUT_ACL("OTHER", "acl"),
    GET_TAGGING("OTHER", "tagging"),
    PUT_TAGGING("OTHER", "tagging"),
    DELETE_TAGGING("OTHER", "tagging"),

    LIST_UPLOADS("MULTIPART", "uploads"),
    INITIATE_UPLOAD("MULTIPART", "uploads", "sequential"),
    UPLOAD_PART("PART", "uploadId", "partNumber"),
    COPY_PART("PART", "uploadId", "partNumber"),
    LIST_PARTS("MULTIPART", "uploadId"),
    COMPLETE_UPLOAD("MULTIPART", "uploadId"),
    ABORT_UPLOAD("MULTIPART", "uploadId"),

    UNKNOWN("OTHER");

    private static final Set<String> HARMLESS = Set.of("security-token", "x-oss-traffic-limit", "x-oss-request-payer");

    private final String counted;

    @SuppressWarnings("ImmutableEnumChecker") // Set.of is immutable.
    private final Set<String> parameters;

    Operation(String counted, String... parameters) {
        this.counted = counted;
        this.parameters = Set.of(parameters);
    }

    /** The name that counters and fault rules know it by. */
    public String counted() {
        return counted;
    }

    /** Whether the request's body is an object's bytes, or a part's. */
    public boolean takesBytes() {
        return this == PUT || this == APPEND || this == UPLOAD_PART;
    }

    /** Whether the request's body is a small XML document. */
    public boolean takesXml() {
        return this == DELETE_MANY || this == PUT_TAGGING || this == COMPLETE_UPLOAD;
    }

    /** Whether it may read or write many bytes, which is not for an event loop. */
    public boolean isSlow() {
        return this == COPY || this == APPEND || this == COPY_PART || this == COMPLETE_UPLOAD || this == DELETE_MANY;
    }

    public static Operation of(OssRequest request) {
        if (request.bucket().isEmpty()) {
            return request.method().equals("GET") ? LIST_BUCKETS : UNKNOWN;
        }
        return request.key().isEmpty() ? ofBucket(request) : ofObject(request);
    }

    private static Operation ofBucket(OssRequest request) {
        return switch (request.method()) {
            case "GET" -> ofBucketGet(request);
            case "PUT" -> request.has("acl") ? PUT_BUCKET_ACL : CREATE_BUCKET;
            case "DELETE" -> DELETE_BUCKET;
            case "POST" -> request.has("delete") ? DELETE_MANY : UNKNOWN;
            default -> UNKNOWN;
        };
    }

    private static Operation ofBucketGet(OssRequest request) {
        if (request.has("bucketInfo")) {
            return BUCKET_INFO;
        }
        if (request.has("location")) {
            return BUCKET_LOCATION;
        }
        if (request.has("versioning")) {
            return BUCKET_VERSIONING;
        }
        if (request.has("acl")) {
            return GET_BUCKET_ACL;
        }
        if (request.has("uploads")) {
            return LIST_UPLOADS;
        }
        return request.has("versions") ? LIST_VERSIONS : LIST;
    }

    private static Operation ofObject(OssRequest request) {
        boolean tagging = request.has("tagging");
        boolean acl = request.has("acl");
        boolean part = request.has("uploadId");
        return switch (request.method()) {
            case "GET" -> part ? LIST_PARTS : tagging ? GET_TAGGING : acl ? GET_ACL : GET;
            case "HEAD" -> request.has("objectMeta") ? META : HEAD;
            case "PUT" -> tagging ? PUT_TAGGING : acl ? PUT_ACL : ofObjectPut(request, part);
            case "DELETE" -> part ? ABORT_UPLOAD : tagging ? DELETE_TAGGING : DELETE;
            case "POST" ->
                request.has("append")
                        ? APPEND
                        : request.has("uploads") ? INITIATE_UPLOAD : part ? COMPLETE_UPLOAD : UNKNOWN;
            default -> UNKNOWN;
        };
    }

    private static Operation ofObjectPut(OssRequest request, boolean part) {
        boolean copies = !request.header("x-oss-copy-source").isEmpty();
        return part ? (copies ? COPY_PART : UPLOAD_PART) : copies ? COPY : PUT;
    }

    /** @throws OssError 501 for what the emulator does not do */
    public void requireServed(OssRequest request) {
        if (this == UNKNOWN) {
            throw notImplemented("The emulator does not know this operation.");
        }
        if (!request.header("x-oss-callback").isEmpty() || request.has("callback")) {
            throw notImplemented("The emulator calls nobody back; nothing has been stored.");
        }
        for (String name : request.parameters().keySet()) {
            if (SignParameters.SIGNED_PARAMTERS.contains(name) && !understands(name)) {
                throw notImplemented("The emulator does not serve ?" + name + " here.");
            }
        }
    }

    private boolean understands(String parameter) {
        return HARMLESS.contains(parameter)
                || parameters.contains(parameter)
                || (parameter.startsWith("response-") && parameters.contains("response-"));
    }

    private static OssError notImplemented(String message) {
        return OssError.of(501, "NotImplemented", message);
    }
}
