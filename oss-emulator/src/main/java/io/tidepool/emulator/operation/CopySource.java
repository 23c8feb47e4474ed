package io.tidepool.emulator.operation;

import io.tidepool.emulator.protocol.OssError;
import io.tidepool.emulator.protocol.OssRequest;
import io.tidepool.emulator.protocol.PercentEncoding;
import io.tidepool.emulator.store.StoredObject;

/** The object that {@code x-oss-copy-source} names, once its conditions hold. */
final class CopySource {

    static final String HEADER = "x-oss-copy-source";

    private CopySource() {}

    /** @throws OssError 404 if it is not there, 412 or 304 if its conditions do not hold */
    static StoredObject find(OssRequest request, Lookup lookup) {
        String path = request.header(HEADER);
        String bare = PercentEncoding.decode(path.startsWith("/") ? path.substring(1) : path);
        int slash = bare.indexOf('/');
        if (slash < 1 || slash == bare.length() - 1) {
            throw OssError.invalidArgument("Copy Source must mention the source bucket and key: /bucket/key.")
                    .with("ArgumentName", HEADER)
                    .with("ArgumentValue", path);
        }
        StoredObject source = lookup.object(lookup.bucket(bare.substring(0, slash)), bare.substring(slash + 1));
        if (!Conditions.permit(request, HEADER + "-", source)) {
            throw OssError.of(304, "NotModified", "The source is not what the conditions ask for.");
        }
        return source;
    }
}
