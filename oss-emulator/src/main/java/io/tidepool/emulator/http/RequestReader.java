package io.tidepool.emulator.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.NetUtil;
import io.tidepool.emulator.protocol.OssError;
import io.tidepool.emulator.protocol.OssRequest;
import io.tidepool.emulator.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds bucket and key in an HTTP request: {@code bucket.anything/key} (virtual host) or {@code /bucket/key} (path). */
final class RequestReader {

    private static final int MAX_PARAMETERS = 256;

    private final ObjectStore store;

    RequestReader(ObjectStore store) {
        this.store = store;
    }

    OssRequest read(HttpRequest http) {
        if (http.decoderResult().isFailure()) {
            throw OssError.of(400, "InvalidRequest", "The request is not HTTP.");
        }
        try {
            QueryStringDecoder uri =
                    new QueryStringDecoder(originForm(http.uri()), StandardCharsets.UTF_8, true, MAX_PARAMETERS, true);
            String path = uri.path().startsWith("/") ? uri.path().substring(1) : uri.path();
            Map<String, String> parameters = new LinkedHashMap<>();
            for (Map.Entry<String, List<String>> entry : uri.parameters().entrySet()) {
                parameters.put(entry.getKey(), entry.getValue().getFirst());
            }
            String virtual = virtualBucket(http, path);
            int slash = path.indexOf('/');
            String bucket = !virtual.isEmpty() ? virtual : slash < 0 ? path : path.substring(0, slash);
            String key = !virtual.isEmpty() ? path : slash < 0 ? "" : path.substring(slash + 1);
            return new OssRequest(http.method().name(), bucket, key, parameters, http.headers());
        } catch (IllegalArgumentException e) {
            throw OssError.of(400, "InvalidURI", "Couldn't parse the specified URI.");
        }
    }

    /** A client that takes the emulator for a proxy sends a whole URL; the host is in its header anyway. */
    private static String originForm(String uri) {
        if (!uri.startsWith("http://")) {
            return uri;
        }
        int path = uri.indexOf('/', "http://".length());
        return path < 0 ? "/" : uri.substring(path);
    }

    /** Empty when the request is path style: the host is an address, a bare name, or names no bucket but the path does. */
    private String virtualBucket(HttpRequest http, String path) {
        String header = http.headers().get(HttpHeaderNames.HOST, "");
        String host = header.startsWith("[") ? "" : header.replaceFirst(":\\d*$", "");
        int dot = host.indexOf('.');
        if (dot < 0 || NetUtil.isValidIpV4Address(host)) {
            return "";
        }
        String label = host.substring(0, dot);
        int slash = path.indexOf('/');
        String first = slash < 0 ? path : path.substring(0, slash);
        return store.find(label).isEmpty() && store.find(first).isPresent() ? "" : label;
    }
}
