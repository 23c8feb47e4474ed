package io.tidepool.agent.e2e;

import io.tidepool.agent.peer.Certificates;
import io.tidepool.emulator.EmulatorOptions;
import io.tidepool.emulator.OssEmulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of an agent under test, as the YAML file that a user would write. Everything it names is below one
 * directory; an agent that is started again with the same setup finds its cache there.
 */
final class AgentSetup {
    private final Path directory;
    private final int metricsPort;
    private final List<String> origins = new ArrayList<>();
    private final List<String> directories = new ArrayList<>();
    private String capacity = "20GiB";
    private String keepFree = "64MiB";
    private String landing = "192MiB";
    private Duration deadline = Duration.ofSeconds(20);
    private double hedges;
    private @Nullable String endpoint;
    private String peers = "";
    private Duration stallTimeout = Duration.ofSeconds(5);

    AgentSetup(Path directory) throws IOException {
        this.directory = directory;
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.metricsPort = probe.getLocalPort();
        }
    }

    /** For buckets that are named after it: another name of the emulator's address. */
    AgentSetup endpoint(String url) {
        endpoint = url;
        return this;
    }

    /** The emulator's default bucket, as origin {@code oss}. */
    AgentSetup bucket(OssEmulator emulator) throws IOException {
        Path key = directory.resolve("key");
        Files.writeString(key, """
                OSS_ACCESS_KEY_ID=%s
                OSS_ACCESS_KEY_SECRET=%s
                """.formatted(EmulatorOptions.DEFAULT_KEY.id(), EmulatorOptions.DEFAULT_KEY.secret()));
        origins.add("""
                  - name: oss
                    oss:
                      endpoint: %s
                      addressing: path
                      region: %s
                      bucket: %s
                      credentials: {type: file, file: %s}
                      limits: {connectTimeout: 1s, stallTimeout: %dms, hedges: %s}
                """.formatted(
                        endpoint == null ? emulator.endpoint() : endpoint,
                        emulator.options().region(),
                        emulator.bucket().name(),
                        key,
                        stallTimeout.toMillis(),
                        hedges));
        return this;
    }

    /** A local directory as origin {@code local}. */
    AgentSetup files(Path origin) {
        origins.add("""
                  - name: local
                    directory: %s
                """.formatted(origin));
        return this;
    }

    /** A top-level directory of the mount; without any, each origin is one. */
    AgentSetup show(String name, String origin, String prefix, String policy) {
        return show(name, origin, prefix, policy, false);
    }

    AgentSetup show(String name, String origin, String prefix, String policy, boolean immutable) {
        directories.add("""
                  - {name: %s, origin: %s, prefix: "%s", policy: %s, immutable: %s}
                """.formatted(name, origin, prefix, policy, immutable));
        return this;
    }

    AgentSetup deadline(Duration value) {
        deadline = value;
        return this;
    }

    /** For buckets that are named after it. */
    AgentSetup stallTimeout(Duration value) {
        stallTimeout = value;
        return this;
    }

    /** For buckets that are named after it. None by default: a busy machine looks like an origin that stalls. */
    AgentSetup hedges(double share) {
        hedges = share;
        return this;
    }

    /**
     * One host of {@code cell}, by its number from 1 on.
     *
     * @param tls null for plaintext
     */
    AgentSetup peer(CellHosts cell, int number, @Nullable Certificates tls) {
        peers = """
                peers:
                  enabled: true
                  %s
                  name: host-%d
                  address: %s
                  hosts: %s
                """.formatted(
                tls == null
                        ? "plaintext: true"
                        : "tls: {certificate: %s, key: %s, ca: %s}".formatted(tls.certificate(), tls.key(), tls.ca()),
                number,
                cell.address(number),
                cell.members());
        return this;
    }

    AgentSetup capacity(String value) {
        capacity = value;
        return this;
    }

    AgentSetup keepFree(String value) {
        keepFree = value;
        return this;
    }

    AgentSetup landing(String value) {
        landing = value;
        return this;
    }

    Path mountPoint() {
        return directory.resolve("mnt");
    }

    Path socket() {
        return directory.resolve("agent.sock");
    }

    int metricsPort() {
        return metricsPort;
    }

    /** Writes the configuration file. */
    Path write() throws IOException {
        String yaml = """
                origins:
                %s
                %s
                cache: {directory: %s, capacity: %s, keepFree: %s}
                memory: {landing: %s}
                fuse: {mountPoint: %s, allowOther: false}
                grpc: {socket: %s}
                metrics: {address: "127.0.0.1:%d"}
                read: {deadline: %dms}
                %s
                """.formatted(
                        String.join("", origins),
                        directories.isEmpty() ? "" : "directories:\n" + String.join("", directories),
                        directory.resolve("cache"),
                        capacity,
                        keepFree,
                        landing,
                        mountPoint(),
                        socket(),
                        metricsPort,
                        deadline.toMillis(),
                        peers);
        return Files.writeString(directory.resolve("agent.yaml"), yaml);
    }
}
