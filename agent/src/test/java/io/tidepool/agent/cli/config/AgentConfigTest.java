package io.tidepool.agent.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.catalog.Policy;
import io.tidepool.agent.origin.OssOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a right configuration becomes: the example, all defaults, all keys. */
final class AgentConfigTest {
    private static final Path ROOT = Path.of("..");
    private static final String SMALLEST = """
            origins: [{name: nas, directory: /nas}]
            cache: {directory: /c, capacity: 1GiB}
            """;

    @Test
    void theExampleIsRightAndReadsBackTheSame() throws ConfigException {
        AgentConfig example = AgentConfig.load(ROOT.resolve("deploy/tidepool.example.yaml"));
        assertThat(example.directories()).singleElement().satisfies(directory -> {
            assertThat(directory.prefix()).isEqualTo("models/");
            assertThat(directory.policy()).isEqualTo(Policy.MODEL);
        });
        assertThat(AgentConfig.parse("shown", ConfigYaml.write(example))).isEqualTo(example);
    }

    @Test
    void defaults() throws ConfigException {
        AgentConfig config = AgentConfig.parse("c.yaml", SMALLEST);
        assertThat(config.directories()).containsExactly(new DirectoryConfig("nas", "nas", "", Policy.MODEL, false));
        assertThat(config.cache()).isEqualTo(new CacheConfig(Path.of("/c"), size("1GiB"), 0.95, 0.90, size("1GiB")));
        assertThat(config.memory()).isEqualTo(new MemoryConfig(size("512MiB")));
        assertThat(config.fuse()).isEqualTo(new FuseConfig(true, Path.of("/mnt/tidepool"), true, 0, size("4MiB")));
        assertThat(config.grpc()).isEqualTo(new GrpcConfig(Path.of("/run/tidepool/agent.sock"), null, 64));
        assertThat(config.metrics()).isEqualTo(new MetricsConfig(new HostPort("127.0.0.1", 9464)));
        assertThat(config.read()).isEqualTo(new ReadConfig(Duration.ofSeconds(30), Duration.ofSeconds(1), 32));
    }

    @Test
    void defaultsOfABucket() throws ConfigException {
        String origin = "origins: [{name: o, oss: {endpoint: e.example, region: r, bucket: b}}]\n";
        AgentConfig config = AgentConfig.parse("c.yaml", origin + SMALLEST.substring(SMALLEST.indexOf("cache")));
        assertThat(config.origins().getFirst().oss())
                .isEqualTo(new OssConfig(
                        "e.example",
                        "r",
                        "b",
                        null,
                        new CredentialsConfig(CredentialsConfig.Type.ENV, null, null),
                        new LimitsConfig(256, Duration.ofSeconds(2), Duration.ofSeconds(5), size("0"), 0, 0.05)));
    }

    @Test
    void everyKey() throws ConfigException {
        AgentConfig config = AgentConfig.parse("c.yaml", """
                origins:
                  - name: o
                    oss:
                      endpoint: http://127.0.0.1:8080
                      region: cn-test
                      bucket: b
                      addressing: path
                      credentials: {type: ecs-role, role: r}
                      limits: {connections: 3, connectTimeout: 100ms, stallTimeout: 2m, bytesPerSecond: 2MiB,
                               requestsPerSecond: 7, hedges: 0}
                  - {name: n, directory: /nas/../n/}
                directories: [{name: d, origin: o, prefix: p/q/, policy: window, immutable: true}]
                cache: {directory: /c, capacity: 1536MiB, highWatermark: 0.5, lowWatermark: 0.25, keepFree: 0}
                memory: {landing: 64MiB}
                fuse: {enabled: false, mountPoint: /m, allowOther: false, workers: 3, readAhead: 128KiB}
                grpc: {socket: /s, tcp: "[::1]:0", maxReads: 1}
                metrics: {address: "localhost:0"}
                read: {deadline: 1h, attributeTime: 0s, fetches: 1}
                """);
        assertThat(config)
                .isEqualTo(new AgentConfig(
                        List.of(
                                new OriginConfig(
                                        "o",
                                        new OssConfig(
                                                "http://127.0.0.1:8080",
                                                "cn-test",
                                                "b",
                                                OssOptions.Addressing.PATH,
                                                new CredentialsConfig(CredentialsConfig.Type.ECS_ROLE, null, "r"),
                                                new LimitsConfig(
                                                        3,
                                                        Duration.ofMillis(100),
                                                        Duration.ofMinutes(2),
                                                        size("2MiB"),
                                                        7,
                                                        0)),
                                        null),
                                new OriginConfig("n", null, Path.of("/n"))),
                        List.of(new DirectoryConfig("d", "o", "p/q/", Policy.WINDOW, true)),
                        new CacheConfig(Path.of("/c"), size("1.5GiB"), 0.5, 0.25, size("0")),
                        new MemoryConfig(size("64MiB")),
                        new FuseConfig(false, Path.of("/m"), false, 3, size("128KiB")),
                        new GrpcConfig(Path.of("/s"), new HostPort("::1", 0), 1),
                        new MetricsConfig(new HostPort("localhost", 0)),
                        new ReadConfig(Duration.ofHours(1), Duration.ZERO, 1),
                        config.peers())); // see everyKeyOfPeers
        assertThat(AgentConfig.parse("shown", ConfigYaml.write(config))).isEqualTo(config);
    }

    @Test
    void everyKeyOfPeers() throws ConfigException {
        AgentConfig config = AgentConfig.parse("c.yaml", SMALLEST + """
                peers:
                  {enabled: true, name: n, zone: z, cell: c, address: "::1", dataPort: 0, controlPort: 1,
                   membershipPort: 2, hosts: ["h:3", "[::2]:4"], fetches: 7, uploadSlots: 5,
                   uploadLimit: 6MiB, plaintext: true}
                """);
        assertThat(config.peers())
                .isEqualTo(new PeersConfig(
                        true,
                        "n",
                        "z",
                        "c",
                        "::1",
                        0,
                        1,
                        2,
                        List.of(new HostPort("h", 3), new HostPort("::2", 4)),
                        "",
                        5,
                        7,
                        size("6MiB"),
                        null,
                        true));
        assertThat(AgentConfig.parse("shown", ConfigYaml.write(config))).isEqualTo(config);
    }

    @Test
    void aWordThatYamlTakesForABooleanIsAWord() throws ConfigException {
        AgentConfig config =
                AgentConfig.parse("c.yaml", SMALLEST + "directories: [{name: no, origin: nas, policy: off}]\n");
        assertThat(config.directories()).containsExactly(new DirectoryConfig("no", "nas", "", Policy.OFF, false));
        assertThat(AgentConfig.parse("shown", ConfigYaml.write(config))).isEqualTo(config);
    }

    @Test
    void referencePageIsWhatTheCodeSays() throws Exception {
        Path page = ROOT.resolve("docs/CONFIGURATION.md");
        assertThat(Files.exists(page) ? Files.readString(page) : "")
                .as("run ./tidepool config reference > docs/CONFIGURATION.md")
                .isEqualTo(ConfigReference.markdown());
    }

    private static DataSize size(String text) {
        return DataSize.parse(text);
    }
}
