package io.tidepool.emulator.operation;

import io.tidepool.emulator.protocol.OssError;
import io.tidepool.emulator.protocol.OssRequest;
import io.tidepool.emulator.store.ObjectStore;
import io.tidepool.emulator.store.Upload;
import java.io.IOException;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Every operation but the reading of objects: from a request that may be answered to its reply. Thread-safe. */
public final class Operations {

    private final Lookup lookup;
    private final BucketOperations buckets;
    private final ObjectWrites writes;
    private final LabelOperations labels;
    private final MultipartOperations multipart;

    public Operations(ObjectStore store, String region, InstantSource clock) {
        this.lookup = new Lookup(store);
        this.buckets = new BucketOperations(store, region);
        this.writes = new ObjectWrites(lookup);
        this.labels = new LabelOperations(lookup);
        this.multipart = new MultipartOperations(lookup, clock);
    }

    /** @param body of the operations that have one; null if there was nowhere to put it */
    public Reply answer(Operation operation, OssRequest request, @Nullable Upload body) throws IOException {
        return switch (operation) {
            case LIST_BUCKETS -> buckets.list(request);
            case CREATE_BUCKET -> buckets.create(request);
            case DELETE_BUCKET -> buckets.delete(request);
            case BUCKET_INFO -> buckets.info(request);
            case BUCKET_LOCATION -> buckets.location(request);
            case BUCKET_VERSIONING -> buckets.versioning(request);
            case GET_BUCKET_ACL -> buckets.acl(request);
            case PUT_BUCKET_ACL -> buckets.putAcl(request);
            case LIST -> Reply.xml(200, new ListObjects(request, lookup.bucket(request)).page());
            case LIST_VERSIONS -> ListVersions.reply(request, lookup.bucket(request));
            case DELETE_MANY -> DeleteMany.reply(request, lookup.bucket(request), body(request, body));
            case PUT -> writes.put(request, body(request, body));
            case COPY -> writes.copy(request);
            case APPEND -> writes.append(request, body(request, body));
            case DELETE -> writes.delete(request);
            case GET_ACL -> labels.acl(request);
            case PUT_ACL -> labels.putAcl(request);
            case GET_TAGGING -> labels.tags(request);
            case PUT_TAGGING -> labels.putTags(request, body(request, body));
            case DELETE_TAGGING -> labels.deleteTags(request);
            case LIST_UPLOADS -> MultipartLists.uploads(request, lookup.bucket(request));
            case INITIATE_UPLOAD -> multipart.initiate(request);
            case UPLOAD_PART -> multipart.uploadPart(request, body(request, body));
            case COPY_PART -> multipart.copyPart(request);
            case LIST_PARTS -> MultipartLists.parts(request, multipart.find(request));
            case COMPLETE_UPLOAD -> multipart.complete(request, body(request, body));
            case ABORT_UPLOAD -> multipart.abort(request);
            case GET, HEAD, META, UNKNOWN ->
                throw OssError.of(501, "NotImplemented", "The emulator does not know this operation.");
        };
    }

    private Upload body(OssRequest request, @Nullable Upload body) {
        lookup.bucket(request);
        if (body == null) {
            throw OssError.of(400, "InvalidArgument", "A body is expected.");
        }
        return body;
    }
}
