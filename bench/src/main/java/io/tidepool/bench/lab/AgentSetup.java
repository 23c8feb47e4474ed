package io.tidepool.bench.lab;

import io.tidepool.emulator.EmulatorOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an agent of a demo or a benchmark is told: one bucket of an emulator, one cache, everything in one directory.
 *
 * @param directory of the cache, the mount point, the socket and the configuration
 * @param place where it runs
 * @param endpoint of the bucket
 * @param mount whether to mount
 * @param peers the addresses of its cell, its own among them; empty: it shares with nobody
 * @param certified what it shows its peers, who must show as much; null: plaintext
 * @param stingy whether it sends its peers one chunk at a time, slowly, and says busy to all others
 */
public record AgentSetup(
        Path directory,
        Place place,
        URI endpoint,
        long cacheBytes,
        long landingBytes,
        boolean mount,
        List<String> peers,
        CellAuthority.@Nullable Certified certified,
        boolean stingy) {

    /** The name of the bucket's directory in the mount. */
    public static final String TOP = "models";

    /** Where JGroups listens. */
    private static final int MEMBERSHIP_PORT = 7482;

    /** An agent on this machine, alone. */
    public AgentSetup(Path directory, URI endpoint, long cacheBytes, long landingBytes, boolean mount) {
        this(directory, Place.HERE, endpoint, cacheBytes, landingBytes, mount, List.of(), null, false);
    }

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
                  address: %s:0
                """.formatted(
                                endpoint,
                                EmulatorOptions.DEFAULT_REGION,
                                EmulatorOptions.DEFAULT_BUCKET,
                                TOP,
                                cacheDirectory(),
                                cacheBytes >> 20,
                                landingBytes >> 20,
                                mount,
                                mountPoint(),
                                socket(),
                                place.address())
                + peersYaml();
    }

    private String peersYaml() {
        return peers.isEmpty()
                ? ""
                : """
                peers:
                  enabled: true
                  name: %s
                  address: %s
                  hosts: [%s]
                  %s
                %s""".formatted(
                                place.name(),
                                place.address(),
                                peers.stream()
                                        .map(address -> '"' + address + ':' + MEMBERSHIP_PORT + '"')
                                        .collect(Collectors.joining(", ")),
                                certified == null
                                        ? "plaintext: true"
                                        : "tls: {certificate: \"%s\", key: \"%s\", ca: \"%s\"}"
                                                .formatted(certified.certificate(), certified.key(), certified.ca()),
                                stingy ? "  uploadSlots: 1\n  uploadLimit: 1MiB\n" : "");
    }
}
