package io.tidepool.emulator.client;

import java.util.List;
import java.util.Map;

/** The calls of an OSS client library that the emulator must serve, as {@link ClientContract} makes them. */
interface OssClient extends AutoCloseable {

    /** What a HEAD or a GET told; {@code body} is empty for a HEAD. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared as a whole.
    record Reply(byte[] body, long size, String etag, String contentType, Map<String, String> metadata, String type) {}

    record Listed(List<String> keys, List<String> prefixes, boolean truncated) {}

    /** What an object is put with. */
    record Extras(String contentType, Map<String, String> metadata, String tags, boolean forbidOverwrite) {
        static final Extras NONE = new Extras("application/octet-stream", Map.of(), "", false);
    }

    void createBucket(String bucket);

    void deleteBucket(String bucket);

    List<String> buckets();

    /** Location and ACL, as bucket info and the calls for each of them agree to say. */
    List<String> locationAndAcl(String bucket);

    /** Returns the ETag. */
    String put(String key, byte[] bytes, Extras extras);

    Reply get(String key);

    /** Both ends inclusive. */
    Reply get(String key, long from, long to);

    Reply head(String key);

    Listed list(String prefix, String delimiter, int maxKeys);

    /** Keys and version ids of all versions, as {@code key@id}. */
    List<String> versions();

    /** Returns the ETag. */
    String copy(String from, String to);

    /** Returns the next position. */
    long append(String key, long position, byte[] bytes);

    void delete(String key);

    /** Returns the keys that the reply names. */
    List<String> delete(List<String> keys, boolean quiet);

    /** Returns the upload's id. */
    String initiate(String key, Extras extras);

    /** Returns the ETag. */
    String uploadPart(String key, String id, int number, byte[] bytes);

    /** Returns the ETag; both ends inclusive. */
    String copyPart(String key, String id, int number, String from, long first, long last);

    /** Numbers and sizes. */
    Map<Integer, Long> parts(String key, String id);

    /** Ids. */
    List<String> uploads();

    /** Returns the ETag. */
    String complete(String key, String id, Map<Integer, String> etags);

    void abort(String key, String id);

    Map<String, String> tags(String key);

    void putTags(String key, Map<String, String> tags);

    void deleteTags(String key);

    String acl(String key);

    void putAcl(String key, String acl);

    /** The code of the OSS error that is behind what this client threw. */
    String code(Throwable thrown);

    @Override
    void close();
}
