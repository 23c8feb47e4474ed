package io.tidepool.agent.cli;

import io.tidepool.agent.catalog.Mounted;
import io.tidepool.agent.cli.config.AgentConfig;
import io.tidepool.agent.cli.config.CredentialsConfig;
import io.tidepool.agent.cli.config.LimitsConfig;
import io.tidepool.agent.cli.config.OriginConfig;
import io.tidepool.agent.cli.config.OssConfig;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.origin.DirectoryOrigin;
import io.tidepool.agent.origin.HangingOrigin;
import io.tidepool.agent.origin.MeteredOrigin;
import io.tidepool.agent.origin.Origin;
import io.tidepool.agent.origin.OriginLimits;
import io.tidepool.agent.origin.OssCredentials;
import io.tidepool.agent.origin.OssOptions;
import io.tidepool.agent.origin.OssOrigin;
import io.tidepool.agent.origin.PacedOrigin;
import io.tidepool.agent.origin.WatchedOrigin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The configured origins, opened; whoever opens them closes them. */
final class Origins implements AutoCloseable {
    private final Map<String, PacedOrigin> byName = new LinkedHashMap<>();
    private final Map<String, WatchedOrigin> watched = new LinkedHashMap<>();

    private Origins() {}

    /** @throws IllegalArgumentException in one line, if an origin lacks its key or its directory */
    static Origins open(AgentConfig config, Metrics metrics) {
        Origins origins = new Origins();
        try {
            for (OriginConfig origin : config.origins()) {
                Origin metered = new MeteredOrigin(open(origin, config.read().fetches(), metrics), metrics);
                WatchedOrigin watched = new WatchedOrigin(metered, metrics);
                OriginLimits limits = limits(origin.oss(), config.read().fetches());
                origins.byName.put(origin.name(), new PacedOrigin(watched, limits, metrics));
                origins.watched.put(origin.name(), watched);
            }
            return origins;
        } catch (IllegalArgumentException e) {
            origins.close();
            throw e;
        }
    }

    private static Origin open(OriginConfig origin, int fetches, Metrics metrics) {
        try {
            return origin.oss() == null
                    ? new HangingOrigin(
                            new DirectoryOrigin(origin.name(), Objects.requireNonNull(origin.directory())),
                            HangingOrigin.DEFAULT_LIMIT,
                            fetches,
                            metrics)
                    : new OssOrigin(origin.name(), options(origin.oss()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("origin '" + origin.name() + "': " + e.getMessage(), e);
        }
    }

    private static OriginLimits limits(@Nullable OssConfig oss, int fetches) {
        if (oss == null) {
            return OriginLimits.of(fetches);
        }
        LimitsConfig limits = oss.limits();
        return new OriginLimits(fetches, limits.bytesPerSecond().bytes(), limits.requestsPerSecond(), limits.hedges());
    }

    private static OssOptions options(OssConfig oss) {
        OssOptions options = OssOptions.of(oss.endpoint(), oss.region(), oss.bucket(), credentials(oss.credentials()))
                .withConnections(oss.limits().connections())
                .withTimeouts(oss.limits().connectTimeout(), oss.limits().stallTimeout());
        return oss.addressing() == null ? options : options.withAddressing(oss.addressing());
    }

    private static OssCredentials credentials(CredentialsConfig credentials) {
        return switch (credentials.type()) {
            case ENV -> OssCredentials.environment(System.getenv());
            case FILE -> OssCredentials.file(Objects.requireNonNull(credentials.file()));
            case RRSA -> OssCredentials.rrsa(credentials.role(), null, null);
            case ECS_ROLE -> OssCredentials.ecsRole(credentials.role());
        };
    }

    Map<String, PacedOrigin> byName() {
        return byName;
    }

    /** The same, for asking whether they can be used. */
    List<WatchedOrigin> watched() {
        return List.copyOf(watched.values());
    }

    /** Starts to look whether each can be used, by its first directory; returns at once. */
    void watch(AgentConfig config) {
        watched.forEach((name, origin) -> config.directories().stream()
                .filter(d -> d.origin().equals(name))
                .findFirst()
                .ifPresent(d -> origin.watch(d.prefix())));
    }

    /** The top-level directories of the mount. */
    List<Mounted> mounted(AgentConfig config) {
        return config.directories().stream()
                .map(d -> new Mounted(
                        d.name(),
                        Objects.requireNonNull(byName.get(d.origin())),
                        d.prefix(),
                        d.policy(),
                        d.immutable()))
                .toList();
    }

    @Override
    public void close() {
        byName.values().forEach(Origin::close);
    }
}
