package io.tidepool.agent.cli.config;

import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What one origin must obey: it is one thing, its region is its endpoint's, its keys come from one place. */
final class OriginRules {
    /** {@code oss-cn-hangzhou.aliyuncs.com}, {@code oss-cn-hangzhou-internal.aliyuncs.com}. */
    private static final Pattern REGIONAL_HOST = Pattern.compile("oss-([a-z0-9-]+?)(-internal)?\\.aliyuncs\\.com");

    private final YamlFile file;
    private final String at;

    /** @param at path of the origin in the file */
    OriginRules(YamlFile file, String at) {
        this.file = file;
        this.at = at;
    }

    void check(OriginConfig origin) throws ConfigException {
        OssConfig oss = origin.oss();
        if ((oss == null) == (origin.directory() == null)) {
            throw file.wrong(at, "origin '" + origin.name() + "' must have either 'oss' or 'directory'");
        }
        if (oss != null) {
            region(oss);
            credentials(oss.credentials());
            limits(oss.limits());
        }
    }

    private void region(OssConfig oss) throws ConfigException {
        String region = oss.region();
        require(
                !region.startsWith("oss-"),
                "region",
                "is '" + region + "': write it without 'oss-', as '" + region.replaceFirst("oss-", "") + "'");
        Matcher host = REGIONAL_HOST.matcher(host(oss.endpoint()));
        require(
                !host.matches() || host.group(1).equals(region),
                "region",
                "is '" + region + "', but the endpoint's is '" + (host.matches() ? host.group(1) : "")
                        + "': requests would be refused");
        require(!oss.bucket().isBlank(), "bucket", "is empty");
    }

    private String host(String endpoint) throws ConfigException {
        URI uri = uri(endpoint);
        // A key in the user part would be shown by every log line that names the endpoint.
        if (uri == null
                || uri.getHost() == null
                || uri.getUserInfo() != null
                || !uri.getPath().isEmpty()) {
            throw wrong(
                    "endpoint",
                    "is not like https://oss-cn-hangzhou-internal.aliyuncs.com: scheme and host, without path, bucket,"
                            + " user");
        }
        return uri.getHost();
    }

    private static @Nullable URI uri(String endpoint) {
        try {
            URI uri = URI.create(endpoint.contains("://") ? endpoint : "https://" + endpoint);
            return "https".equals(uri.getScheme()) || "http".equals(uri.getScheme()) ? uri : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private void credentials(CredentialsConfig credentials) throws ConfigException {
        CredentialsConfig.Type type = credentials.type();
        boolean isFile = type == CredentialsConfig.Type.FILE;
        boolean isRole = type == CredentialsConfig.Type.RRSA || type == CredentialsConfig.Type.ECS_ROLE;
        require(!isFile || credentials.file() != null, "credentials.file", "is missing: type file needs it");
        require(
                isFile || credentials.file() == null,
                "credentials.file",
                "contradicts type " + Values.word(type) + ": only type file reads keys from a file");
        require(
                isRole || credentials.role() == null,
                "credentials.role",
                "contradicts type " + Values.word(type) + ": only types rrsa and ecs-role take a role");
    }

    private void limits(LimitsConfig limits) throws ConfigException {
        require(limits.connections() >= 1, "limits.connections", "must be at least 1");
        require(limits.connectTimeout().isPositive(), "limits.connectTimeout", "must be above 0");
        require(limits.stallTimeout().isPositive(), "limits.stallTimeout", "must be above 0");
        require(
                limits.bytesPerSecond().bytes() == 0 || limits.bytesPerSecond().bytes() >= 1 << 20,
                "limits.bytesPerSecond",
                "must be 0 (any number) or at least 1MiB: a read fetches a chunk of 8MiB, and must end within its"
                        + " deadline");
        require(limits.requestsPerSecond() >= 0, "limits.requestsPerSecond", "can't be negative");
    }

    private void require(boolean good, String key, String message) throws ConfigException {
        if (!good) {
            throw wrong(key, message);
        }
    }

    private ConfigException wrong(String key, String message) {
        String path = at + ".oss." + key;
        return file.wrong(path, "'" + path + "' " + message);
    }
}
