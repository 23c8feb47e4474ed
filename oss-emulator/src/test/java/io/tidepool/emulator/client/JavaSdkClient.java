package io.tidepool.emulator.client;

import com.aliyun.oss.OSS;
import com.aliyun.oss.OSSException;
import com.aliyun.oss.common.comm.SignVersion;
import com.aliyun.oss.model.AbortMultipartUploadRequest;
import com.aliyun.oss.model.AppendObjectRequest;
import com.aliyun.oss.model.Bucket;
import com.aliyun.oss.model.BucketInfo;
import com.aliyun.oss.model.CannedAccessControlList;
import com.aliyun.oss.model.CompleteMultipartUploadRequest;
import com.aliyun.oss.model.DeleteObjectsRequest;
import com.aliyun.oss.model.GetObjectRequest;
import com.aliyun.oss.model.InitiateMultipartUploadRequest;
import com.aliyun.oss.model.ListMultipartUploadsRequest;
import com.aliyun.oss.model.ListObjectsV2Request;
import com.aliyun.oss.model.ListObjectsV2Result;
import com.aliyun.oss.model.ListPartsRequest;
import com.aliyun.oss.model.ListVersionsRequest;
import com.aliyun.oss.model.MultipartUpload;
import com.aliyun.oss.model.OSSObject;
import com.aliyun.oss.model.OSSObjectSummary;
import com.aliyun.oss.model.ObjectMetadata;
import com.aliyun.oss.model.PartETag;
import com.aliyun.oss.model.PartSummary;
import com.aliyun.oss.model.SetObjectTaggingRequest;
import com.aliyun.oss.model.UploadPartCopyRequest;
import com.aliyun.oss.model.UploadPartRequest;
import io.tidepool.emulator.OssEmulator;
import io.tidepool.emulator.TestClients;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** {@code com.aliyun.oss:aliyun-sdk-oss}: the SDK that the agent uses. It checks every CRC64 it can. */
final class JavaSdkClient implements OssClient {

    private final OSS oss;
    private final String bucket;

    JavaSdkClient(OssEmulator emulator, SignVersion version) {
        this.oss = TestClients.sdk(emulator, version);
        this.bucket = emulator.bucket().name();
    }

    @Override
    public void createBucket(String name) {
        oss.createBucket(name);
    }

    @Override
    public void deleteBucket(String name) {
        oss.deleteBucket(name);
    }

    @Override
    public List<String> buckets() {
        return oss.listBuckets().stream().map(Bucket::getName).toList();
    }

    @Override
    public List<String> locationAndAcl(String name) {
        BucketInfo info = oss.getBucketInfo(name);
        assertEqual(info.getBucket().getLocation(), oss.getBucketLocation(name));
        assertEqual(info.getCannedACL(), oss.getBucketAcl(name).getCannedACL());
        return List.of(info.getBucket().getLocation(), info.getCannedACL().toString());
    }

    @Override
    public String put(String key, byte[] bytes, Extras extras) {
        return oss.putObject(bucket, key, new ByteArrayInputStream(bytes), metadata(extras))
                .getETag();
    }

    private static ObjectMetadata metadata(Extras extras) {
        ObjectMetadata metadata = new ObjectMetadata();
        metadata.setContentType(extras.contentType());
        metadata.setUserMetadata(extras.metadata());
        if (!extras.tags().isEmpty()) {
            metadata.setHeader("x-oss-tagging", extras.tags());
        }
        if (extras.forbidOverwrite()) {
            metadata.setHeader("x-oss-forbid-overwrite", "true");
        }
        return metadata;
    }

    @Override
    public Reply get(String key) {
        return reply(oss.getObject(bucket, key));
    }

    @Override
    public Reply get(String key, long from, long to) {
        return reply(oss.getObject(new GetObjectRequest(bucket, key).withRange(from, to)));
    }

    private static Reply reply(OSSObject object) {
        try {
            return reply(object.getObjectMetadata(), TestClients.read(object.getObjectContent()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Reply reply(ObjectMetadata metadata, byte[] body) {
        return new Reply(
                body,
                metadata.getContentLength(),
                metadata.getETag(),
                metadata.getContentType(),
                metadata.getUserMetadata(),
                metadata.getObjectType());
    }

    @Override
    public Reply head(String key) {
        return reply(oss.headObject(bucket, key), new byte[0]);
    }

    @Override
    public Listed list(String prefix, String delimiter, int maxKeys) {
        ListObjectsV2Request request = new ListObjectsV2Request(bucket);
        request.setPrefix(prefix);
        request.setDelimiter(delimiter);
        request.setMaxKeys(maxKeys);
        ListObjectsV2Result result = oss.listObjectsV2(request);
        return new Listed(
                result.getObjectSummaries().stream()
                        .map(OSSObjectSummary::getKey)
                        .toList(),
                result.getCommonPrefixes(),
                result.isTruncated());
    }

    @Override
    public List<String> versions() {
        return oss.listVersions(new ListVersionsRequest().withBucketName(bucket)).getVersionSummaries().stream()
                .map(version -> version.getKey() + "@" + version.getVersionId())
                .toList();
    }

    @Override
    public String copy(String from, String to) {
        return oss.copyObject(bucket, from, bucket, to).getETag();
    }

    @Override
    public long append(String key, long position, byte[] bytes) {
        AppendObjectRequest request = new AppendObjectRequest(bucket, key, new ByteArrayInputStream(bytes));
        return oss.appendObject(request.withPosition(position)).getNextPosition();
    }

    @Override
    public void delete(String key) {
        oss.deleteObject(bucket, key);
    }

    @Override
    public List<String> delete(List<String> keys, boolean quiet) {
        return oss.deleteObjects(new DeleteObjectsRequest(bucket).withKeys(keys).withQuiet(quiet))
                .getDeletedObjects();
    }

    @Override
    public String initiate(String key, Extras extras) {
        return oss.initiateMultipartUpload(new InitiateMultipartUploadRequest(bucket, key, metadata(extras)))
                .getUploadId();
    }

    @Override
    public String uploadPart(String key, String id, int number, byte[] bytes) {
        return oss.uploadPart(
                        new UploadPartRequest(bucket, key, id, number, new ByteArrayInputStream(bytes), bytes.length))
                .getETag();
    }

    @Override
    public String copyPart(String key, String id, int number, String from, long first, long last) {
        return oss.uploadPartCopy(
                        new UploadPartCopyRequest(bucket, from, bucket, key, id, number, first, last - first + 1))
                .getETag();
    }

    @Override
    public Map<Integer, Long> parts(String key, String id) {
        return oss.listParts(new ListPartsRequest(bucket, key, id)).getParts().stream()
                .collect(Collectors.toMap(PartSummary::getPartNumber, PartSummary::getSize));
    }

    @Override
    public List<String> uploads() {
        return oss.listMultipartUploads(new ListMultipartUploadsRequest(bucket)).getMultipartUploads().stream()
                .map(MultipartUpload::getUploadId)
                .toList();
    }

    @Override
    public String complete(String key, String id, Map<Integer, String> etags) {
        List<PartETag> parts = new TreeMap<>(etags)
                .entrySet().stream()
                        .map(part -> new PartETag(part.getKey(), part.getValue()))
                        .collect(Collectors.toList());
        return oss.completeMultipartUpload(new CompleteMultipartUploadRequest(bucket, key, id, parts))
                .getETag();
    }

    @Override
    public void abort(String key, String id) {
        oss.abortMultipartUpload(new AbortMultipartUploadRequest(bucket, key, id));
    }

    @Override
    public Map<String, String> tags(String key) {
        return oss.getObjectTagging(bucket, key).getAllTags();
    }

    @Override
    public void putTags(String key, Map<String, String> tags) {
        oss.setObjectTagging(new SetObjectTaggingRequest(bucket, key, tags));
    }

    @Override
    public void deleteTags(String key) {
        oss.deleteObjectTagging(bucket, key);
    }

    @Override
    public String acl(String key) {
        return oss.getObjectAcl(bucket, key).getPermission().toString();
    }

    @Override
    public void putAcl(String key, String acl) {
        oss.setObjectAcl(bucket, key, CannedAccessControlList.parse(acl));
    }

    @Override
    public String code(Throwable thrown) {
        return thrown instanceof OSSException oss ? oss.getErrorCode() : "client";
    }

    @Override
    public void close() {
        oss.shutdown();
    }

    private static void assertEqual(Object a, Object b) {
        if (!a.equals(b)) {
            throw new AssertionError(a + " is not " + b);
        }
    }
}
