package io.tidepool.agent.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each way to get the configuration wrong, and the one line that says so: where, what, and what to write instead. */
final class ConfigErrorsTest {
    /** Right as it is; each case replaces one line of it. */
    private static final String GOOD = """
            origins:
              - name: hot
                oss:
                  endpoint: https://oss-cn-hangzhou-internal.aliyuncs.com
                  region: cn-hangzhou
                  bucket: b
                  credentials: {type: env}
              - name: nas
                directory: /nas/models
            directories:
              - {name: models, origin: hot, prefix: models/}
              - {name: more, origin: nas}
            cache:
              directory: /var/cache/tidepool
              capacity: 1TiB
              highWatermark: 0.9
            fuse:
              mountPoint: /mnt/pool
            grpc:
              tcp: 127.0.0.1:9000
            """;

    @Test
    void theStartingPointIsRight() throws ConfigException {
        assertThat(AgentConfig.parse("c.yaml", GOOD).origins()).hasSize(2);
    }

    @ParameterizedTest(name = "{2}")
    @CsvSource(delimiter = '|', textBlock = """
            # line of GOOD to replace         | by                                       | the whole message
            '      bucket: b'                 | '      buckett: b'                       | c.yaml:6: unknown key 'origins[0].oss.buckett': did you mean 'bucket'?
            '      bucket: b'                 | '      Bucket: b'                        | c.yaml:6: unknown key 'origins[0].oss.Bucket': did you mean 'bucket'?
            '      bucket: b'                 | '      bucket:'                          | c.yaml:6: 'origins[0].oss.bucket' is missing: The bucket's name.
            '      bucket: b'                 | '      bucket: [b]'                      | c.yaml:6: 'origins[0].oss.bucket' must be one value: text
            'grpc:'                           | 'rpc:'                                   | c.yaml:19: unknown key 'rpc': did you mean 'grpc'?
            'grpc:'                           | 'wibble:'                                | c.yaml:19: unknown key 'wibble': known here: origins, directories, cache, memory, fuse, grpc, metrics, read, peers
            '      credentials: {type: env}'  | '      credentials: {accessKeySecret: s}' | c.yaml:7: 'origins[0].oss.credentials.accessKeySecret': secrets don't belong in this file; say where they are with credentials.type: env, file, rrsa or ecs-role
            '      credentials: {type: env}'  | '      accessKeyId: LTAI'                | c.yaml:7: 'origins[0].oss.accessKeyId': secrets don't belong in this file; say where they are with credentials.type: env, file, rrsa or ecs-role
            '      credentials: {type: env}'  | '      credentials: {type: sts}'         | c.yaml:7: 'origins[0].oss.credentials.type': 'sts' is none of env, file, rrsa, ecs-role
            '      credentials: {type: env}'  | '      credentials: {type: file}'        | c.yaml:7: 'origins[0].oss.credentials.file' is missing: type file needs it
            '      credentials: {type: env}'  | '      credentials: {type: file, file: /k, role: r}' | c.yaml:7: 'origins[0].oss.credentials.role' contradicts type file: only types rrsa and ecs-role take a role
            '      credentials: {type: env}'  | '      credentials: {type: rrsa, file: /k}' | c.yaml:7: 'origins[0].oss.credentials.file' contradicts type rrsa: only type file reads keys from a file
            '      credentials: {type: env}'  | '      credentials: {type: file, file: k}' | c.yaml:7: 'origins[0].oss.credentials.file': 'k' is not an absolute path
            '      credentials: {type: env}'  | '      credentials: env'                 | c.yaml:7: 'origins[0].oss.credentials' must be a section with the keys type, file, role
            '      credentials: {type: env}'  | '      limits: {connections: 0}'         | c.yaml:7: 'origins[0].oss.limits.connections' must be at least 1
            '      region: cn-hangzhou'       | ''                                       | c.yaml:3: 'origins[0].oss.region' is missing: Such as cn-hangzhou: requests are signed for it (signature V4).
            '      region: cn-hangzhou'       | '      region: oss-cn-hangzhou'          | c.yaml:5: 'origins[0].oss.region' is 'oss-cn-hangzhou': write it without 'oss-', as 'cn-hangzhou'
            '      region: cn-hangzhou'       | '      region: cn-beijing'               | c.yaml:5: 'origins[0].oss.region' is 'cn-beijing', but the endpoint's is 'cn-hangzhou': requests would be refused
            '      endpoint: https://oss-cn-hangzhou-internal.aliyuncs.com' | '      endpoint: ftp://e' | c.yaml:4: 'origins[0].oss.endpoint' is not like https://oss-cn-hangzhou-internal.aliyuncs.com: scheme and host, without path, bucket, user
            '      endpoint: https://oss-cn-hangzhou-internal.aliyuncs.com' | '      endpoint: https://id:key@e' | c.yaml:4: 'origins[0].oss.endpoint' is not like https://oss-cn-hangzhou-internal.aliyuncs.com: scheme and host, without path, bucket, user
            '    directory: /nas/models'      | ''                                       | c.yaml:8: origin 'nas' must have either 'oss' or 'directory'
            '    directory: /nas/models'      | '    {directory: /nas'                   | c.yaml:10: not YAML: while scanning a simple key, could not find expected ':'
            '    directory: /nas/models'      | '    directory: /var/cache'              | c.yaml:9: 'origins[1].directory' (/var/cache) and 'cache.directory' (/var/cache/tidepool) must not lie inside each other
            '    oss:'                        | '    directory:'                         | c.yaml:3: 'origins[0].directory' must be one value: absolute path
            '  - name: nas'                   | '  - name: hot'                          | c.yaml:8: two origins are called 'hot'
            '  - name: nas'                   | '  - directory: /x'                      | c.yaml:9: 'origins[1].directory' is here a second time, first in line 8
            '  - {name: more, origin: nas}'   | '  - {name: models, origin: nas}'        | c.yaml:12: two directories are called 'models'
            '  - {name: more, origin: nas}'   | '  - {name: a/b, origin: nas}'           | c.yaml:12: 'directories[1].name' becomes a directory's name, so it can't be empty, '.', '..', or have a '/', a control character or over 255 bytes
            '  - {name: more, origin: nas}'   | '  - {name: more, origin: nass}'         | c.yaml:12: there is no origin 'nass': did you mean 'nas'?
            '  - {name: more, origin: nas}'   | '  - {name: more, origin: cold-storage}' | c.yaml:12: there is no origin 'cold-storage': there is hot, nas
            '  - {name: more, origin: nas}'   | '  - {name: more}'                       | c.yaml:12: 'directories[1].origin' is missing: The name of its origin.
            '  - {name: more, origin: nas}'   | '  - {name: more, origin: nas, prefix: /x}' | c.yaml:12: 'directories[1].prefix' must be like 'models/': no '/' at its start, one at its end
            '  - {name: more, origin: nas}'   | '  - {name: more, origin: nas, policy: all}' | c.yaml:12: 'directories[1].policy': 'all' is none of model, file, window, off
            '  - {name: more, origin: nas}'   | '  - {name: more, origin: nas, immutable: sure}' | c.yaml:12: 'directories[1].immutable': 'sure' is neither true nor false
            '  directory: /var/cache/tidepool' | ''                                      | c.yaml:13: 'cache.directory' is missing: Where chunks are kept, best on a local NVMe disk; made if missing. On tmpfs the cache is memory only.
            '  capacity: 1TiB'                | '  capacity: 1TB2'                       | c.yaml:15: 'cache.capacity': '1TB2' is not a size: write bytes, or a number with KiB, MiB, GiB or TiB
            '  capacity: 1TiB'                | '  capacity: 32MiB'                      | c.yaml:15: 'cache.capacity' is 32MiB, which is too small: give it at least 64MiB
            '  highWatermark: 0.9'            | '  lowWatermark: 0.99'                   | c.yaml:16: 'cache.lowWatermark' (0.99) is above 'cache.highWatermark' (0.95): eviction would never stop
            '  highWatermark: 0.9'            | '  highWatermark: 95'                    | c.yaml:16: 'cache.highWatermark': '95' is not a fraction from 0 to 1
            '  mountPoint: /mnt/pool'         | '  mountPoint: /var/cache/tidepool/mnt'  | c.yaml:18: 'fuse.mountPoint' (/var/cache/tidepool/mnt) and 'cache.directory' (/var/cache/tidepool) must not lie inside each other
            '  mountPoint: /mnt/pool'         | '  mountPoint: /nas/models/x'            | c.yaml:9: 'origins[1].directory' (/nas/models) and 'fuse.mountPoint' (/nas/models/x) must not lie inside each other
            '  mountPoint: /mnt/pool'         | '  mountPoint: /run/tidepool'            | c.yaml:19: 'grpc.socket' (/run/tidepool/agent.sock) is below 'fuse.mountPoint' (/run/tidepool)
            '  mountPoint: /mnt/pool'         | '  mountPoint: /'                        | c.yaml:18: 'fuse.mountPoint' can't be /
            '  mountPoint: /mnt/pool'         | '  workers: two'                         | c.yaml:18: 'fuse.workers': 'two' is not a whole number
            '  tcp: 127.0.0.1:9000'           | '  tcp: 127.0.0.1:9464'                  | c.yaml:20: 'grpc.tcp' and 'metrics.address' are both 127.0.0.1:9464
            '  tcp: 127.0.0.1:9000'           | '  tcp: 9000'                            | c.yaml:20: 'grpc.tcp': '9000' is not an address: write HOST:PORT, such as 127.0.0.1:9464
            '  tcp: 127.0.0.1:9000'           | 'read: {deadline: 30}'                   | c.yaml:20: 'read.deadline': '30' is not a duration: write a number with ms, s, m, h or d
            '  tcp: 127.0.0.1:9000'           | 'read: {deadline: 0s}'                   | c.yaml:20: 'read.deadline' is 0s; it must be from 100ms to 3600s
            '  tcp: 127.0.0.1:9000'           | 'memory: {landing: 8MiB}'                | c.yaml:20: 'memory.landing' is 8MiB, which is too small: give it at least 64MiB
            '  tcp: 127.0.0.1:9000'           | 'peers: {enabled: true, dns: n}'         | c.yaml:20: 'peers.tls' is missing: give certificate, key and ca, or 'peers.plaintext: true' if the network is trusted
            '  tcp: 127.0.0.1:9000'           | 'peers: {enabled: true, dns: n, plaintext: true, tls: {certificate: /c, key: /k, ca: /a}}' | c.yaml:20: 'peers.plaintext' contradicts 'peers.tls': leave one of them out
            '  tcp: 127.0.0.1:9000'           | 'peers: {enabled: true, dns: n, tls: {certificate: /no/c, key: /k, ca: /a}}' | c.yaml:20: 'peers.tls.certificate' is /no/c, which is no file
            '  tcp: 127.0.0.1:9000'           | 'peers: {enabled: true, dns: n, tls: {certificate: /c}}' | c.yaml:20: 'peers.tls.key' is missing: PEM file with its private key, PKCS #8, not encrypted.
            '  tcp: 127.0.0.1:9000'           | 'peers: {enabled: true, plaintext: true}' | c.yaml:20: 'peers.hosts' is missing: list the hosts of the cell, or give 'peers.dns', the name that stands for them
            '  tcp: 127.0.0.1:9000'           | 'peers: {enabled: true, plaintext: true, dns: n, hosts: ["h:1"]}' | c.yaml:20: 'peers.dns' contradicts 'peers.hosts': give one of them
            '  tcp: 127.0.0.1:9000'           | 'peers: {enabled: true, plaintext: true, hosts: [h]}' | c.yaml:20: 'peers.hosts[0]': 'h' is not an address: write HOST:PORT, such as 127.0.0.1:9464
            '  tcp: 127.0.0.1:9000'           | 'peers: {enabled: true, plaintext: true, hosts: ["h:0"]}' | c.yaml:20: 'peers.hosts' has h:0: the port can't be 0
            '  tcp: 127.0.0.1:9000'           | 'peers: {enabled: true, plaintext: true, dns: n, dataPort: 9464}' | c.yaml:20: 'metrics.address' and 'peers.dataPort' are both port 9464
            '  tcp: 127.0.0.1:9000'           | 'peers: {enabled: true, plaintext: true, dns: n, dataPort: 7482}' | c.yaml:20: 'peers.dataPort' and 'peers.membershipPort' are both port 7482
            '  tcp: 127.0.0.1:9000'           | 'peers: {enabled: true, plaintext: true, dns: n, dataPort: 70000}' | c.yaml:20: 'peers.dataPort' is no port: 70000
            '  tcp: 127.0.0.1:9000'           | 'peers: {enabled: true, plaintext: true, dns: n, membershipPort: 0}' | c.yaml:20: 'peers.membershipPort' can't be 0: the others must know it
            '  tcp: 127.0.0.1:9000'           | 'peers: {enabled: true, plaintext: true, dns: n, address: node-1}' | c.yaml:20: 'peers.address' is 'node-1', which is no IP address
            '  tcp: 127.0.0.1:9000'           | 'peers: {enabled: true, plaintext: true, dns: n, address: 0.0.0.0}' | c.yaml:20: 'peers.address' is 0.0.0.0, which nobody can reach: name one of this host's addresses
            '  tcp: 127.0.0.1:9000'           | 'peers: {enabled: true, plaintext: true, dns: n, name: a/b}' | c.yaml:20: 'peers.name' can't have a '/', a control character or over 200 bytes
            '  tcp: 127.0.0.1:9000'           | 'peers: {enabled: true, plaintext: true, dns: n, cell: ""}' | c.yaml:20: 'peers.cell' is empty
            '  tcp: 127.0.0.1:9000'           | 'peers: {enabled: true, plaintext: true, dns: n, uploadSlots: 0}' | c.yaml:20: 'peers.uploadSlots' must be at least 1
            '  tcp: 127.0.0.1:9000'           | 'peers: {enabled: true, plaintext: true, dns: n, uploadLimit: 1KiB}' | c.yaml:20: 'peers.uploadLimit' must be 0, for no limit, or at least 1MiB
            """)
    void oneLineSaysWhatIsWrong(String line, String by, String message) {
        String bad = GOOD.replace(line + "\n", by + "\n");
        assertThat(bad).isNotEqualTo(GOOD);
        assertThatThrownBy(() -> AgentConfig.parse("c.yaml", bad))
                .isInstanceOf(ConfigException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                | c.yaml:1: 'cache.directory' is missing: Where chunks are kept, best on a local NVMe disk; made if missing. On tmpfs the cache is memory only.
            '[1, 2]'          | c.yaml:1: the file must be a section with the keys origins, directories, cache, memory, fuse, grpc, metrics, read, peers
            'origins: hot'    | c.yaml:1: 'origins' must be a list: each item starts with '- '
            """)
    void aFileThatIsSomethingElse(String text, String message) {
        assertThatThrownBy(() -> AgentConfig.parse("c.yaml", text))
                .isInstanceOf(ConfigException.class)
                .hasMessage(message);
    }

    @Test
    void aHostTooManyForOneCell() {
        String hosts =
                IntStream.rangeClosed(1, 513).mapToObj(i -> "h" + i + ":1").collect(Collectors.joining(", "));
        assertThatThrownBy(() -> AgentConfig.parse(
                        "c.yaml", GOOD + "peers: {enabled: true, plaintext: true, hosts: [" + hosts + "]}"))
                .hasMessage("c.yaml:21: 'peers.hosts' has 513 hosts, and a cell at most 512: give some of them another"
                        + " 'peers.cell'");
    }

    @Test
    void whatIsNotEnabledNeedsNothing() throws ConfigException {
        assertThat(AgentConfig.parse("c.yaml", GOOD + "peers: {zone: z}")
                        .peers()
                        .enabled())
                .isFalse();
    }

    @Test
    void noOriginsAtAll() {
        String text = GOOD.substring(GOOD.indexOf("cache:"));
        assertThatThrownBy(() -> AgentConfig.parse("c.yaml", text))
                .hasMessage("c.yaml:1: 'origins' is empty: name a bucket or a directory to read from");
    }

    @Test
    void aBinaryFile(@TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("c.yaml"), new byte[] {(byte) 0xff, 0, 1});
        assertThatThrownBy(() -> AgentConfig.load(file)).hasMessage(file + ": not UTF-8 text");
    }

    @Test
    void noFile() {
        assertThatThrownBy(() -> AgentConfig.load(Path.of("/nowhere/tidepool.yaml")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("/nowhere/tidepool.yaml: no such file");
    }

    @Test
    void noMessageShowsAnInlineSecret() {
        String yaml = GOOD.replace("{type: env}", "{type: env, securityToken: hush-hush}");
        assertThatThrownBy(() -> AgentConfig.parse("c.yaml", yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessageNotContaining("hush");
        String broken = GOOD.replace("{type: env}", "{accessKeySecret: hush-hush");
        assertThatThrownBy(() -> AgentConfig.parse("c.yaml", broken))
                .isInstanceOf(ConfigException.class)
                .hasMessageNotContaining("hush");
    }
}
