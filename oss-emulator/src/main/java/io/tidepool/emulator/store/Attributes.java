package io.tidepool.emulator.store;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an object has besides its bytes. Immutable.
 *
 * @param headers {@code content-type}, {@code cache-control} and the like, and {@code x-oss-meta-*}, as they were put;
 *     names in lower case
 * @param tags in the order they were given
 * @param acl {@code default} is the bucket's
 */
public record Attributes(ObjectType type, Map<String, String> headers, Map<String, String> tags, String acl) {

    public static final Attributes NONE = new Attributes(ObjectType.NORMAL, Map.of(), Map.of(), "default");

    public Attributes {
        headers = Map.copyOf(headers);
        tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
    }

    public Attributes withType(ObjectType other) {
        return new Attributes(other, headers, tags, acl);
    }

    public Attributes withHeaders(Map<String, String> other) {
        return new Attributes(type, other, tags, acl);
    }

    public Attributes withTags(Map<String, String> other) {
        return new Attributes(type, headers, other, acl);
    }

    public Attributes withAcl(String other) {
        return new Attributes(type, headers, tags, other);
    }
}
