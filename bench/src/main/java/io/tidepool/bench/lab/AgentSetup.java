package io.tidepool.bench.lab;

import java.net.URI;
import java.nio.file.Path;

/**
 * What an agent of a demo or a benchmark is told: one bucket of an emulator, one cache, everything in one directory.
 *
 * @param directory of the cache, the mount point, the socket and the configuration
 * @param endpoint of the bucket
 * @param mount whether to mount
 */
public record AgentSetup(
        Path directory, URI endpoint, String region, String bucket, long cacheBytes, long landingBytes, boolean mount) {

    /** The name of the bucket's directory in the mount. */
    public static final String TOP = "models";

    Path configFile() {
        return directory.resolve("tidepool.yaml");
    }

    Path cacheDirectory() {
        return directory.resolve("cache");
    }

    Path mountPoint() {
        return directory.resolve("mnt");
    }

    /** Short, because a socket's path has at most 107 bytes. */
    Path socket() {
        return directory.resolve("agent.sock");
    }

    String yaml() {
        return """
                # Made for one run; docs/CONFIGURATION.md explains every key.
                origins:
                  - name: emulator
                    oss:
                      endpoint: %s
                      region: %s
                      bucket: %s
                      credentials:
                        type: env
                directories:
                  - name: %s
                    origin: emulator
                cache:
                  directory: "%s"
                  capacity: %dMiB
                  keepFree: 64MiB
                memory:
                  landing: %dMiB
                fuse:
                  enabled: %s
                  mountPoint: "%s"
                  allowOther: false
                grpc:
                  socket: "%s"
                metrics:
                  address: 127.0.0.1:0
                """.formatted(
                        endpoint,
                        region,
                        bucket,
                        TOP,
                        cacheDirectory(),
                        cacheBytes >> 20,
                        landingBytes >> 20,
                        mount,
                        mountPoint(),
                        socket());
    }
}
