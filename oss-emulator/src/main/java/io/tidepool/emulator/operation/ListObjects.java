package io.tidepool.emulator.operation;

import io.tidepool.emulator.protocol.OssError;
import io.tidepool.emulator.protocol.OssRequest;
import io.tidepool.emulator.store.Bucket;
import io.tidepool.emulator.store.Listing;
import io.tidepool.emulator.store.StoredObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.UnaryOperator;

/** ListObjects (V1) and ListObjectsV2: one page of a bucket as XML. */
final class ListObjects {

    static final int DEFAULT_MAX_KEYS = 100;
    static final int MAX_MAX_KEYS = 1000;

    private final OssRequest request;
    private final Bucket bucket;
    private final boolean v2;
    private final UnaryOperator<String> encoding;

    ListObjects(OssRequest request, Bucket bucket) {
        this.request = request;
        this.bucket = bucket;
        this.v2 = request.parameter("list-type").equals("2");
        this.encoding = Parameters.encoding(request);
    }

    byte[] page() {
        int maxKeys = Parameters.number(request, "max-keys", DEFAULT_MAX_KEYS, MAX_MAX_KEYS);
        Listing listing =
                Listing.page(bucket, request.parameter("prefix"), request.parameter("delimiter"), after(), maxKeys);
        XmlDocument xml = new XmlDocument("ListBucketResult").text("Name", bucket.name());
        encoded(xml, "Prefix", request.parameter("prefix"));
        encoded(xml, "Delimiter", request.parameter("delimiter"));
        xml.text("MaxKeys", String.valueOf(maxKeys));
        Parameters.echoEncoding(request, xml).text("IsTruncated", String.valueOf(listing.truncated()));
        if (v2) {
            positionV2(xml, listing);
        } else {
            positionV1(xml, listing);
        }
        listing.objects().forEach(object -> object(xml, object));
        for (String commonPrefix : listing.commonPrefixes()) {
            encoded(xml.start("CommonPrefixes"), "Prefix", commonPrefix).end();
        }
        return xml.finish();
    }

    private void positionV1(XmlDocument xml, Listing listing) {
        encoded(xml, "Marker", request.parameter("marker"));
        String next = listing.next();
        if (next != null) {
            encoded(xml, "NextMarker", next);
        }
    }

    private void positionV2(XmlDocument xml, Listing listing) {
        if (request.has("start-after")) {
            encoded(xml, "StartAfter", request.parameter("start-after"));
        }
        if (request.has("continuation-token")) {
            xml.text("ContinuationToken", request.parameter("continuation-token"));
        }
        int entries = listing.objects().size() + listing.commonPrefixes().size();
        xml.text("KeyCount", String.valueOf(entries));
        String next = listing.next();
        if (next != null) {
            byte[] token = next.getBytes(StandardCharsets.UTF_8);
            xml.text(
                    "NextContinuationToken",
                    Base64.getUrlEncoder().withoutPadding().encodeToString(token));
        }
    }

    private void object(XmlDocument xml, StoredObject object) {
        encoded(xml.start("Contents"), "Key", object.key());
        describe(xml, object);
        if (!v2 || request.parameter("fetch-owner").equals("true")) {
            Owner.write(xml);
        }
        xml.end();
    }

    /** What every listing says of an object. */
    static XmlDocument describe(XmlDocument xml, StoredObject object) {
        return xml.text("LastModified", Times.iso(object.lastModified()))
                .text("ETag", '"' + object.etag() + '"')
                .text("Type", object.attributes().type().header())
                .text("Size", String.valueOf(object.size()))
                .text("StorageClass", "Standard");
    }

    private XmlDocument encoded(XmlDocument xml, String element, String value) {
        return xml.text(element, encoding.apply(value));
    }

    private String after() {
        if (!v2) {
            return request.parameter("marker");
        }
        String token = request.parameter("continuation-token");
        if (token.isEmpty()) {
            return request.parameter("start-after");
        }
        try {
            return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw OssError.invalidArgument("The continuation token provided is incorrect.")
                    .with("ArgumentName", "continuation-token");
        }
    }
}
