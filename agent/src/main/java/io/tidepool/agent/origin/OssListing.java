package io.tidepool.agent.origin;

import com.aliyun.oss.ClientException;
import com.aliyun.oss.OSS;
import com.aliyun.oss.model.ListObjectsV2Request;
import com.aliyun.oss.model.ListObjectsV2Result;
import com.aliyun.oss.model.OSSObjectSummary;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.chunk.ObjectVersion;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One page of ListObjects V2. Immutable. */
record OssListing(
        String origin,
        String bucket,
        String prefix,
        boolean delimited,
        @Nullable String after,
        int limit) {
    /** What OSS allows. */
    private static final int MAX_KEYS = 1000;

    /** Throws what the SDK throws, also for an answer that would list for ever. */
    ListPage fetch(OSS client) {
        ListObjectsV2Result result = client.listObjectsV2(request());
        List<ObjectInfo> objects = new ArrayList<>(result.getObjectSummaries().size());
        for (OSSObjectSummary summary : result.getObjectSummaries()) {
            objects.add(info(summary));
        }
        List<String> prefixes = new ArrayList<>(result.getCommonPrefixes().size());
        for (String encoded : result.getCommonPrefixes()) {
            prefixes.add(decoded(encoded));
        }
        String next = result.isTruncated() ? next(objects, prefixes) : null;
        objects.removeIf(o -> o.version().key().equals(after));
        return new ListPage(List.copyOf(objects), List.copyOf(prefixes), next);
    }

    private ListObjectsV2Request request() {
        ListObjectsV2Request request = new ListObjectsV2Request(bucket, prefix.isEmpty() ? null : prefix);
        // Keys may hold characters that XML can't.
        request.setEncodingType("url");
        request.setLogEnabled(false);
        if (delimited) {
            request.setDelimiter("/");
        }
        request.setMaxKeys(limit);
        if (after != null) {
            boolean rolledUp = delimited && after.endsWith("/") && !after.equals(prefix);
            String start = rolledUp ? StartAfter.prefix(after) : StartAfter.key(after);
            request.setStartAfter(start);
            request.setMaxKeys(rolledUp || start.equals(after) ? limit : Math.min(limit + 1, MAX_KEYS));
        }
        return request;
    }

    private ObjectInfo info(OSSObjectSummary summary) {
        return new ObjectInfo(
                new ObjectVersion(origin, decoded(summary.getKey()), summary.getETag(), summary.getSize()),
                summary.getLastModified().toInstant(),
                OptionalLong.empty());
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private String next(List<ObjectInfo> objects, List<String> prefixes) {
        String last = objects.isEmpty() ? "" : objects.getLast().version().key();
        if (!prefixes.isEmpty() && KeyOrder.INSTANCE.compare(prefixes.getLast(), last) > 0) {
            last = prefixes.getLast();
        }
        if (last.isEmpty() || (after != null && KeyOrder.INSTANCE.compare(last, after) <= 0)) {
            throw new ClientException("a truncated page does not go on after " + after);
        }
        return last;
    }
}
