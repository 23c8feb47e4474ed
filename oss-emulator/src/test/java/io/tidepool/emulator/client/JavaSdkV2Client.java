package io.tidepool.emulator.client;

import com.aliyun.sdk.service.oss2.OSSClient;
import com.aliyun.sdk.service.oss2.credentials.StaticCredentialsProvider;
import com.aliyun.sdk.service.oss2.exceptions.ServiceException;
import com.aliyun.sdk.service.oss2.models.AbortMultipartUploadRequest;
import com.aliyun.sdk.service.oss2.models.AppendObjectRequest;
import com.aliyun.sdk.service.oss2.models.BucketInfo;
import com.aliyun.sdk.service.oss2.models.BucketSummary;
import com.aliyun.sdk.service.oss2.models.CommonPrefix;
import com.aliyun.sdk.service.oss2.models.CompleteMultipartUpload;
import com.aliyun.sdk.service.oss2.models.CompleteMultipartUploadRequest;
import com.aliyun.sdk.service.oss2.models.CopyObjectRequest;
import com.aliyun.sdk.service.oss2.models.Delete;
import com.aliyun.sdk.service.oss2.models.DeleteBucketRequest;
import com.aliyun.sdk.service.oss2.models.DeleteMultipleObjectsRequest;
import com.aliyun.sdk.service.oss2.models.DeleteObjectRequest;
import com.aliyun.sdk.service.oss2.models.DeleteObjectTaggingRequest;
import com.aliyun.sdk.service.oss2.models.DeletedInfo;
import com.aliyun.sdk.service.oss2.models.GetBucketAclRequest;
import com.aliyun.sdk.service.oss2.models.GetBucketInfoRequest;
import com.aliyun.sdk.service.oss2.models.GetBucketLocationRequest;
import com.aliyun.sdk.service.oss2.models.GetObjectAclRequest;
import com.aliyun.sdk.service.oss2.models.GetObjectRequest;
import com.aliyun.sdk.service.oss2.models.GetObjectResult;
import com.aliyun.sdk.service.oss2.models.GetObjectTaggingRequest;
import com.aliyun.sdk.service.oss2.models.HeadObjectRequest;
import com.aliyun.sdk.service.oss2.models.HeadObjectResult;
import com.aliyun.sdk.service.oss2.models.InitiateMultipartUploadRequest;
import com.aliyun.sdk.service.oss2.models.ListBucketsRequest;
import com.aliyun.sdk.service.oss2.models.ListMultipartUploadsRequest;
import com.aliyun.sdk.service.oss2.models.ListObjectVersionsRequest;
import com.aliyun.sdk.service.oss2.models.ListObjectsV2Request;
import com.aliyun.sdk.service.oss2.models.ListObjectsV2Result;
import com.aliyun.sdk.service.oss2.models.ListPartsRequest;
import com.aliyun.sdk.service.oss2.models.ObjectIdentifier;
import com.aliyun.sdk.service.oss2.models.ObjectSummary;
import com.aliyun.sdk.service.oss2.models.Part;
import com.aliyun.sdk.service.oss2.models.PutBucketRequest;
import com.aliyun.sdk.service.oss2.models.PutObjectAclRequest;
import com.aliyun.sdk.service.oss2.models.PutObjectRequest;
import com.aliyun.sdk.service.oss2.models.PutObjectTaggingRequest;
import com.aliyun.sdk.service.oss2.models.Tag;
import com.aliyun.sdk.service.oss2.models.TagSet;
import com.aliyun.sdk.service.oss2.models.Tagging;
import com.aliyun.sdk.service.oss2.models.Upload;
import com.aliyun.sdk.service.oss2.models.UploadPartCopyRequest;
import com.aliyun.sdk.service.oss2.models.UploadPartRequest;
import com.aliyun.sdk.service.oss2.transport.BinaryData;
import io.tidepool.emulator.EmulatorOptions;
import io.tidepool.emulator.OssEmulator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** {@code com.aliyun:alibabacloud-oss-v2}: another code base than the first SDK, with signature V4 only here. */
final class JavaSdkV2Client implements OssClient {

    private final OSSClient oss;
    private final String bucket;

    JavaSdkV2Client(OssEmulator emulator) {
        this.bucket = emulator.bucket().name();
        this.oss = OSSClient.newBuilder()
                .region(emulator.options().region())
                .endpoint(emulator.endpoint().toString())
                .usePathStyle(true)
                .retryMaxAttempts(1)
                .credentialsProvider(new StaticCredentialsProvider(
                        EmulatorOptions.DEFAULT_KEY.id(), EmulatorOptions.DEFAULT_KEY.secret()))
                .build();
    }

    @Override
    public void createBucket(String name) {
        oss.putBucket(PutBucketRequest.newBuilder().bucket(name).build());
    }

    @Override
    public void deleteBucket(String name) {
        oss.deleteBucket(DeleteBucketRequest.newBuilder().bucket(name).build());
    }

    @Override
    public List<String> buckets() {
        return oss.listBuckets(ListBucketsRequest.newBuilder().build()).buckets().stream()
                .map(BucketSummary::name)
                .toList();
    }

    @Override
    public List<String> locationAndAcl(String name) {
        BucketInfo info = oss.getBucketInfo(
                        GetBucketInfoRequest.newBuilder().bucket(name).build())
                .bucketInfo();
        String location = oss.getBucketLocation(
                        GetBucketLocationRequest.newBuilder().bucket(name).build())
                .locationConstraint();
        String acl = oss.getBucketAcl(
                        GetBucketAclRequest.newBuilder().bucket(name).build())
                .accessControlPolicy()
                .accessControlList()
                .grant();
        if (!info.location().equals(location)
                || !info.accessControlList().grant().equals(acl)) {
            throw new AssertionError("bucket info says " + info.location() + ", and not " + location);
        }
        return List.of(location, acl);
    }

    @Override
    public String put(String key, byte[] bytes, Extras extras) {
        var request = PutObjectRequest.newBuilder()
                .bucket(bucket)
                .key(key)
                .contentType(extras.contentType())
                .metadata(extras.metadata())
                .body(BinaryData.fromBytes(bytes));
        if (!extras.tags().isEmpty()) {
            request.tagging(extras.tags());
        }
        if (extras.forbidOverwrite()) {
            request.forbidOverwrite(true);
        }
        return bare(oss.putObject(request.build()).eTag());
    }

    @Override
    public Reply get(String key) {
        return reply(oss.getObject(
                GetObjectRequest.newBuilder().bucket(bucket).key(key).build()));
    }

    @Override
    public Reply get(String key, long from, long to) {
        return reply(oss.getObject(GetObjectRequest.newBuilder()
                .bucket(bucket)
                .key(key)
                .range("bytes=" + from + "-" + to)
                .build()));
    }

    private static Reply reply(GetObjectResult got) {
        try (InputStream body = got.body()) {
            return new Reply(
                    body.readAllBytes(),
                    got.contentLength(),
                    bare(got.eTag()),
                    got.contentType(),
                    got.metadata(),
                    got.objectType());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Reply head(String key) {
        HeadObjectResult head = oss.headObject(
                HeadObjectRequest.newBuilder().bucket(bucket).key(key).build());
        return new Reply(
                new byte[0],
                head.contentLength(),
                bare(head.eTag()),
                head.contentType(),
                head.metadata(),
                head.objectType());
    }

    @Override
    public Listed list(String prefix, String delimiter, int maxKeys) {
        ListObjectsV2Result result = oss.listObjectsV2(ListObjectsV2Request.newBuilder()
                .bucket(bucket)
                .prefix(prefix)
                .delimiter(delimiter)
                .maxKeys((long) maxKeys)
                .build());
        return new Listed(
                orEmpty(result.contents()).stream().map(ObjectSummary::key).toList(),
                orEmpty(result.commonPrefixes()).stream()
                        .map(CommonPrefix::prefix)
                        .toList(),
                result.isTruncated());
    }

    @Override
    public List<String> versions() {
        return orEmpty(oss.listObjectVersions(ListObjectVersionsRequest.newBuilder()
                                .bucket(bucket)
                                .build())
                        .versions())
                .stream()
                .map(version -> version.key() + "@" + version.versionId())
                .toList();
    }

    @Override
    public String copy(String from, String to) {
        return bare(oss.copyObject(CopyObjectRequest.newBuilder()
                        .bucket(bucket)
                        .key(to)
                        .sourceKey(from)
                        .build())
                .eTag());
    }

    @Override
    public long append(String key, long position, byte[] bytes) {
        return oss.appendObject(AppendObjectRequest.newBuilder()
                        .bucket(bucket)
                        .key(key)
                        .position(position)
                        .body(BinaryData.fromBytes(bytes))
                        .build())
                .nextAppendPosition();
    }

    @Override
    public void delete(String key) {
        oss.deleteObject(
                DeleteObjectRequest.newBuilder().bucket(bucket).key(key).build());
    }

    @Override
    public List<String> delete(List<String> keys, boolean quiet) {
        List<ObjectIdentifier> objects = keys.stream()
                .map(key -> ObjectIdentifier.newBuilder().key(key).build())
                .toList();
        return orEmpty(oss.deleteMultipleObjects(DeleteMultipleObjectsRequest.newBuilder()
                                .bucket(bucket)
                                .encodingType("url")
                                .delete(Delete.newBuilder()
                                        .objects(objects)
                                        .quiet(quiet)
                                        .build())
                                .build())
                        .deletedObjects())
                .stream()
                .map(DeletedInfo::key)
                .toList();
    }

    @Override
    public String initiate(String key, Extras extras) {
        return oss.initiateMultipartUpload(InitiateMultipartUploadRequest.newBuilder()
                        .bucket(bucket)
                        .key(key)
                        .contentType(extras.contentType())
                        .metadata(extras.metadata())
                        .build())
                .initiateMultipartUpload()
                .uploadId();
    }

    @Override
    public String uploadPart(String key, String id, int number, byte[] bytes) {
        return oss.uploadPart(UploadPartRequest.newBuilder()
                        .bucket(bucket)
                        .key(key)
                        .uploadId(id)
                        .partNumber((long) number)
                        .body(BinaryData.fromBytes(bytes))
                        .build())
                .eTag();
    }

    @Override
    public String copyPart(String key, String id, int number, String from, long first, long last) {
        return oss.uploadPartCopy(UploadPartCopyRequest.newBuilder()
                        .bucket(bucket)
                        .key(key)
                        .uploadId(id)
                        .partNumber((long) number)
                        .sourceKey(from)
                        .copySourceRange("bytes=" + first + "-" + last)
                        .build())
                .copyPartResult()
                .eTag();
    }

    @Override
    public Map<Integer, Long> parts(String key, String id) {
        return orEmpty(oss.listParts(ListPartsRequest.newBuilder()
                                .bucket(bucket)
                                .key(key)
                                .uploadId(id)
                                .build())
                        .parts())
                .stream()
                .collect(Collectors.toMap(part -> part.partNumber().intValue(), Part::size));
    }

    @Override
    public List<String> uploads() {
        return orEmpty(oss.listMultipartUploads(ListMultipartUploadsRequest.newBuilder()
                                .bucket(bucket)
                                .build())
                        .uploads())
                .stream()
                .map(Upload::uploadId)
                .toList();
    }

    @Override
    public String complete(String key, String id, Map<Integer, String> etags) {
        List<Part> parts = new TreeMap<>(etags)
                .entrySet().stream()
                        .map(part -> Part.newBuilder()
                                .partNumber((long) part.getKey())
                                .eTag(part.getValue())
                                .build())
                        .toList();
        return bare(oss.completeMultipartUpload(CompleteMultipartUploadRequest.newBuilder()
                        .bucket(bucket)
                        .key(key)
                        .uploadId(id)
                        .completeMultipartUpload(CompleteMultipartUpload.newBuilder()
                                .parts(parts)
                                .build())
                        .build())
                .completeMultipartUpload()
                .eTag());
    }

    @Override
    public void abort(String key, String id) {
        oss.abortMultipartUpload(AbortMultipartUploadRequest.newBuilder()
                .bucket(bucket)
                .key(key)
                .uploadId(id)
                .build());
    }

    @Override
    public Map<String, String> tags(String key) {
        TagSet set = oss.getObjectTagging(GetObjectTaggingRequest.newBuilder()
                        .bucket(bucket)
                        .key(key)
                        .build())
                .tagging()
                .tagSet();
        return set == null
                ? Map.of()
                : orEmpty(set.tags()).stream()
                        .collect(Collectors.toMap(Tag::key, tag -> Objects.requireNonNullElse(tag.value(), "")));
    }

    @Override
    public void putTags(String key, Map<String, String> tags) {
        List<Tag> list = tags.entrySet().stream()
                .map(tag ->
                        Tag.newBuilder().key(tag.getKey()).value(tag.getValue()).build())
                .toList();
        oss.putObjectTagging(PutObjectTaggingRequest.newBuilder()
                .bucket(bucket)
                .key(key)
                .tagging(Tagging.newBuilder()
                        .tagSet(TagSet.newBuilder().tags(list).build())
                        .build())
                .build());
    }

    @Override
    public void deleteTags(String key) {
        oss.deleteObjectTagging(
                DeleteObjectTaggingRequest.newBuilder().bucket(bucket).key(key).build());
    }

    @Override
    public String acl(String key) {
        return oss.getObjectAcl(
                        GetObjectAclRequest.newBuilder().bucket(bucket).key(key).build())
                .accessControlPolicy()
                .accessControlList()
                .grant();
    }

    @Override
    public void putAcl(String key, String acl) {
        oss.putObjectAcl(PutObjectAclRequest.newBuilder()
                .bucket(bucket)
                .key(key)
                .objectAcl(acl)
                .build());
    }

    @Override
    public String code(Throwable thrown) {
        ServiceException service = ServiceException.asCause(thrown);
        return service == null ? "client" : service.errorCode();
    }

    @Override
    public void close() {
        try {
            oss.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static String bare(String etag) {
        return etag.replace("\"", "");
    }

    private static <T> List<T> orEmpty(List<T> list) {
        return list == null ? List.of() : list;
    }
}
