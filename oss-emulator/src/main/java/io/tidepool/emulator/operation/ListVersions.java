package io.tidepool.emulator.operation;

import io.tidepool.emulator.protocol.OssRequest;
import io.tidepool.emulator.store.Bucket;
import io.tidepool.emulator.store.Listing;
import io.tidepool.emulator.store.StoredObject;
import java.util.function.UnaryOperator;

/** ListObjectVersions of a bucket that never had versioning: every object is the latest version, and its id is null. */
final class ListVersions {

    private static final String VERSION_ID = "null";

    private ListVersions() {}

    static Reply reply(OssRequest request, Bucket bucket) {
        UnaryOperator<String> encoding = Parameters.encoding(request);
        int maxKeys = Parameters.number(request, "max-keys", ListObjects.DEFAULT_MAX_KEYS, ListObjects.MAX_MAX_KEYS);
        String prefix = request.parameter("prefix");
        String delimiter = request.parameter("delimiter");
        String marker = request.parameter("key-marker");
        Listing listing = Listing.page(bucket, prefix, delimiter, marker, maxKeys);
        XmlDocument xml = Parameters.echoEncoding(request, new XmlDocument("ListVersionsResult"));
        xml.text("Name", bucket.name())
                .text("Prefix", encoding.apply(prefix))
                .text("KeyMarker", encoding.apply(marker))
                .text("VersionIdMarker", request.parameter("version-id-marker"))
                .text("MaxKeys", String.valueOf(maxKeys))
                .text("Delimiter", encoding.apply(delimiter))
                .text("IsTruncated", String.valueOf(listing.truncated()));
        String next = listing.next();
        if (next != null) {
            xml.text("NextKeyMarker", encoding.apply(next)).text("NextVersionIdMarker", VERSION_ID);
        }
        for (StoredObject object : listing.objects()) {
            xml.start("Version")
                    .text("Key", encoding.apply(object.key()))
                    .text("VersionId", VERSION_ID)
                    .text("IsLatest", "true");
            Owner.write(ListObjects.describe(xml, object)).end();
        }
        for (String group : listing.commonPrefixes()) {
            xml.start("CommonPrefixes").text("Prefix", encoding.apply(group)).end();
        }
        return Reply.xml(200, xml.finish());
    }
}
