package io.tidepool.agent.origin;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * How to reach one bucket.
 *
 * @param endpoint with its scheme: {@code https://oss-cn-hangzhou-internal.aliyuncs.com}
 * @param region as signatures name it: {@code cn-hangzhou}
 * @param connectTimeout for one connection to be made
 * @param stallTimeout a try in which no byte came for so long has failed
 * @param connections kept at most; further requests wait for one
 */
public record OssOptions(
        String endpoint,
        String region,
        String bucket,
        OssCredentials credentials,
        Addressing addressing,
        Duration connectTimeout,
        Duration stallTimeout,
        int connections) {
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(2);
    public static final Duration DEFAULT_STALL_TIMEOUT = Duration.ofSeconds(5);
    public static final int DEFAULT_CONNECTIONS = 256;

    private static final Pattern IP_ADDRESS = Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+|\\[.*]|localhost");

    /** Where the bucket's name goes in a request. */
    public enum Addressing {
        /** In the host name. OSS wants this. */
        VIRTUAL_HOST,
        /** In the path. For emulators and addresses that are numbers. */
        PATH,
        /** Nowhere: the endpoint is a domain bound to the bucket. */
        CNAME
    }

    /** @throws IllegalArgumentException in one line that an operator understands */
    public OssOptions {
        endpoint = checkedEndpoint(endpoint);
        if (region.isBlank()) {
            throw new IllegalArgumentException("bucket " + bucket
                    + " has no region; set it (cn-hangzhou, say): signatures of version 4 contain it");
        }
        if (bucket.isBlank()) {
            throw new IllegalArgumentException("no bucket is named for endpoint " + endpoint);
        }
        if (addressing == Addressing.VIRTUAL_HOST && isIpAddress(endpoint)) {
            throw new IllegalArgumentException(
                    "endpoint " + endpoint + " can't carry the bucket's name; set the addressing to path");
        }
        if (!connectTimeout.isPositive() || !stallTimeout.isPositive() || connections < 1) {
            throw new IllegalArgumentException("timeouts and connections of bucket " + bucket + " must be positive");
        }
    }

    /** With the default timeouts, and the addressing that fits the endpoint. */
    public static OssOptions of(String endpoint, String region, String bucket, OssCredentials credentials) {
        String checked = checkedEndpoint(endpoint);
        return new OssOptions(
                checked,
                region,
                bucket,
                credentials,
                isIpAddress(checked) ? Addressing.PATH : Addressing.VIRTUAL_HOST,
                DEFAULT_CONNECT_TIMEOUT,
                DEFAULT_STALL_TIMEOUT,
                DEFAULT_CONNECTIONS);
    }

    public OssOptions withTimeouts(Duration connect, Duration stall) {
        return new OssOptions(endpoint, region, bucket, credentials, addressing, connect, stall, connections);
    }

    public OssOptions withConnections(int limit) {
        return new OssOptions(endpoint, region, bucket, credentials, addressing, connectTimeout, stallTimeout, limit);
    }

    public OssOptions withAddressing(Addressing style) {
        return new OssOptions(endpoint, region, bucket, credentials, style, connectTimeout, stallTimeout, connections);
    }

    private static String checkedEndpoint(String endpoint) {
        String withScheme = endpoint.contains("://") ? endpoint : "https://" + endpoint;
        try {
            URI uri = new URI(withScheme);
            boolean isHttp = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
            if (isHttp && uri.getHost() != null) {
                return withScheme;
            }
        } catch (URISyntaxException e) {
            // The line below says it.
        }
        throw new IllegalArgumentException(
                "endpoint " + endpoint + " is not like https://oss-cn-hangzhou-internal.aliyuncs.com");
    }

    private static boolean isIpAddress(String endpoint) {
        return IP_ADDRESS.matcher(URI.create(endpoint).getHost()).matches();
    }
}
