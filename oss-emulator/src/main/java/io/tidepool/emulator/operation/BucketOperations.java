package io.tidepool.emulator.operation;

import io.tidepool.emulator.protocol.OssError;
import io.tidepool.emulator.protocol.OssRequest;
import io.tidepool.emulator.store.Bucket;
import io.tidepool.emulator.store.ObjectStore;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Buckets themselves. There is one account and one region, and an ACL is remembered but keeps nobody out. */
final class BucketOperations {

    private static final Set<String> ACLS = Set.of("private", "public-read", "public-read-write");
    private static final int MAX_MAX_KEYS = 1000;

    private final ObjectStore store;
    private final Lookup lookup;
    private final String location;

    BucketOperations(ObjectStore store, String region) {
        this.store = store;
        this.lookup = new Lookup(store);
        this.location = "oss-" + region;
    }

    Reply list(OssRequest request) {
        String prefix = request.parameter("prefix");
        String marker = request.parameter("marker");
        int maxKeys = Parameters.number(request, "max-keys", 100, MAX_MAX_KEYS);
        List<Bucket> rest = store.all().stream()
                .filter(bucket ->
                        bucket.name().startsWith(prefix) && bucket.name().compareTo(marker) > 0)
                .toList();
        List<Bucket> page = rest.subList(0, Math.min(maxKeys, rest.size()));
        XmlDocument xml = Owner.write(new XmlDocument("ListAllMyBucketsResult"));
        if (page.size() < rest.size() || !prefix.isEmpty() || !marker.isEmpty()) {
            xml.text("Prefix", prefix)
                    .text("Marker", marker)
                    .text("MaxKeys", String.valueOf(maxKeys))
                    .text("IsTruncated", String.valueOf(page.size() < rest.size()));
            if (page.size() < rest.size()) {
                xml.text("NextMarker", page.getLast().name());
            }
        }
        xml.start("Buckets");
        page.forEach(bucket -> describe(xml.start("Bucket"), bucket, request)
                .text("Region", region())
                .end());
        return Reply.xml(200, xml.end().finish());
    }

    Reply create(OssRequest request) {
        String acl = acl(request, "private");
        Bucket bucket;
        try {
            bucket = store.createBucket(request.bucket());
        } catch (IllegalArgumentException e) {
            throw OssError.of(400, "InvalidBucketName", "The specified bucket is not valid.")
                    .with("BucketName", request.bucket());
        }
        bucket.acl(acl);
        Reply reply = Reply.empty(200);
        reply.headers().set("Location", "/" + bucket.name());
        return reply;
    }

    Reply delete(OssRequest request) throws IOException {
        if (!store.deleteIfEmpty(lookup.bucket(request))) {
            throw OssError.of(409, "BucketNotEmpty", "The bucket you tried to delete is not empty.")
                    .with("BucketName", request.bucket());
        }
        return Reply.empty(204);
    }

    Reply info(OssRequest request) {
        Bucket bucket = lookup.bucket(request);
        XmlDocument xml = describe(new XmlDocument("BucketInfo").start("Bucket"), bucket, request);
        Owner.write(xml.text("DataRedundancyType", "LRS"));
        xml.start("AccessControlList").text("Grant", bucket.acl()).end();
        return Reply.xml(200, xml.end().finish());
    }

    Reply location(OssRequest request) {
        lookup.bucket(request);
        return Reply.xml(200, new XmlDocument("LocationConstraint", location).finish());
    }

    /** Never switched on, so there is nothing to say. */
    Reply versioning(OssRequest request) {
        lookup.bucket(request);
        return Reply.xml(200, new XmlDocument("VersioningConfiguration").finish());
    }

    Reply acl(OssRequest request) {
        return Owner.acl(lookup.bucket(request).acl());
    }

    Reply putAcl(OssRequest request) {
        Bucket bucket = lookup.bucket(request);
        bucket.acl(acl(request, bucket.acl()));
        return Reply.empty(200);
    }

    private static String acl(OssRequest request, String otherwise) {
        String acl = request.header("x-oss-acl");
        if (!acl.isEmpty() && !ACLS.contains(acl)) {
            throw OssError.invalidArgument("no such acl: " + acl)
                    .with("ArgumentName", "x-oss-acl")
                    .with("ArgumentValue", acl);
        }
        return acl.isEmpty() ? otherwise : acl;
    }

    private XmlDocument describe(XmlDocument xml, Bucket bucket, OssRequest request) {
        String endpoint = request.header("host");
        return xml.text("Name", bucket.name())
                .text("CreationDate", Times.iso(bucket.created()))
                .text("Location", location)
                .text("ExtranetEndpoint", endpoint)
                .text("IntranetEndpoint", endpoint)
                .text("StorageClass", "Standard");
    }

    private String region() {
        return location.substring("oss-".length());
    }
}
