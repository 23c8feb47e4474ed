package io.tidepool.emulator.operation;

import io.tidepool.emulator.protocol.OssError;
import io.tidepool.emulator.protocol.OssRequest;
import io.tidepool.emulator.store.Attributes;
import io.tidepool.emulator.store.Upload;
import java.io.IOException;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Tags and ACLs of objects. They change nothing else of the object, its ETag and Last-Modified included. */
final class LabelOperations {

    private final Lookup lookup;

    LabelOperations(Lookup lookup) {
        this.lookup = lookup;
    }

    Reply tags(OssRequest request) {
        return Reply.xml(200, Tags.toXml(lookup.object(request).attributes().tags()));
    }

    Reply putTags(OssRequest request, Upload upload) throws IOException {
        Bodies.checkMd5(request, upload);
        Map<String, String> tags = Tags.ofXml(upload.bytes());
        return change(request, 200, attributes -> attributes.withTags(tags));
    }

    Reply deleteTags(OssRequest request) throws IOException {
        return change(request, 204, attributes -> attributes.withTags(Map.of()));
    }

    Reply acl(OssRequest request) {
        return Owner.acl(lookup.object(request).attributes().acl());
    }

    Reply putAcl(OssRequest request) throws IOException {
        String acl = ObjectHeaders.acl(request, "");
        if (acl.isEmpty()) {
            throw OssError.of(400, "MissingArgument", "Missing Some Required Arguments.")
                    .with("ArgumentName", "x-oss-object-acl");
        }
        return change(request, 200, attributes -> attributes.withAcl(acl));
    }

    private Reply change(OssRequest request, int status, UnaryOperator<Attributes> change) throws IOException {
        if (!lookup.bucket(request).changeAttributes(request.key(), change)) {
            throw Lookup.noSuchKey(request.key());
        }
        return Reply.empty(status);
    }
}
