package io.tidepool.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.cli.config.AgentConfig;
import io.tidepool.emulator.EmulatorOptions;
import io.tidepool.emulator.OssEmulator;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tidepool config check}, with and without asking the origins. */
final class ConfigCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    @Test
    void showsWhatIsInForce() throws Exception {
        Path file = write("origins: [{name: nas, directory: " + directory + "}]");
        assertThat(check("--show", file.toString())).isZero();
        String shown = out.toString().replace(file + ": ok\n", "");
        assertThat(AgentConfig.parse("shown", shown)).isEqualTo(AgentConfig.load(file));
        assertThat(shown).contains("landing: 512MiB");
    }

    @Test
    void aMistakeIsOneLineOnStandardError() throws Exception {
        Path file = write("origin: []");
        assertThat(check(file.toString())).isEqualTo(1);
        assertThat(err).hasToString("tidepool: " + file + ":1: unknown key 'origin': did you mean 'origins'?\n");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void onlineAsksTheBucketWithTheConfiguredKey() throws Exception {
        try (OssEmulator emulator = new OssEmulator(EmulatorOptions.defaults())) {
            emulator.bucket().put("models/a", new byte[] {1, 2, 3});
            Path file = write(bucket(emulator, EmulatorOptions.DEFAULT_KEY.secret()));
            assertThat(check("--online", file.toString())).as("%s %s", out, err).isZero();
            assertThat(out)
                    .hasToString("directory 'm' (origin 'o', prefix 'models/'): ok, may list and read\n"
                            + "directory 'none' (origin 'o', prefix 'nothing/'): reachable, but there is no object\n"
                            + file + ": ok\n");
        }
    }

    @Test
    void onlineSaysWhichOriginRefuses() throws Exception {
        try (OssEmulator emulator = new OssEmulator(EmulatorOptions.defaults())) {
            Path file = write(bucket(emulator, "wrong"));
            assertThat(check("--online", file.toString())).isEqualTo(1);
            assertThat(out.toString())
                    .contains("directory 'm' (origin 'o', prefix 'models/'): FAILED: ")
                    .contains("SignatureDoesNotMatch")
                    .endsWith(file + ": right in itself, but not all of it can be served\n")
                    .doesNotContain("wrong");
        }
    }

    @Test
    void onlineSaysWhichKeyFileIsMissing() throws Exception {
        Path file = write("origins: [{name: o, oss: {endpoint: 127.0.0.1, region: r, bucket: b,"
                + " credentials: {type: file, file: /no/such/key}}}]");
        assertThat(check("--online", file.toString())).isEqualTo(1);
        assertThat(out.toString()).startsWith("origin 'o': credentials file /no/such/key can't be read");
    }

    @Test
    void onlineLooksAtWhatTheCellNeeds() throws Exception {
        String nas = "origins: [{name: nas, directory: " + Files.createDirectory(directory.resolve("nas")) + "}]\n";
        String peers = "peers: {enabled: true, address: 127.0.0.9, ";
        Path good = write(nas + peers + "plaintext: true, dns: localhost}");
        assertThat(check("--online", good.toString())).isZero();
        assertThat(out.toString()).startsWith("cell 'default': ok, this host is 127.0.0.9, and looks for others at ");
        Path bad = write(nas + peers + "plaintext: true, dns: no-such-name.invalid}");
        assertThat(check("--online", bad.toString())).isEqualTo(1);
        assertThat(out.toString()).contains("cell 'default': FAILED: no address is known of no-such-name.invalid\n");
        Path pem = Files.writeString(directory.resolve("x.pem"), "no certificate");
        Path tls = write(
                nas + peers + "hosts: [\"h:1\"], tls: {certificate: %s, key: %s, ca: %s}}".formatted(pem, pem, pem));
        assertThat(check("--online", tls.toString())).isEqualTo(1);
        assertThat(out.toString()).contains("cell 'default': FAILED: peers.tls: can't use certificate " + pem);
    }

    private String bucket(OssEmulator emulator, String secret) throws Exception {
        Path key = Files.writeString(
                directory.resolve("key"),
                "OSS_ACCESS_KEY_ID=" + EmulatorOptions.DEFAULT_KEY.id() + "\nOSS_ACCESS_KEY_SECRET=" + secret + "\n");
        return """
                origins:
                  - name: o
                    oss: {endpoint: "%s", region: %s, bucket: %s, credentials: {type: file, file: %s}}
                directories:
                  - {name: m, origin: o, prefix: models/}
                  - {name: none, origin: o, prefix: nothing/}
                """.formatted(
                        emulator.endpoint(),
                        emulator.options().region(),
                        emulator.bucket().name(),
                        key);
    }

    private Path write(String origins) throws Exception {
        String rest = "\ncache: {directory: /c, capacity: 1GiB}\n";
        return Files.writeString(directory.resolve("c.yaml"), origins + rest);
    }

    private int check(String... args) {
        String[] all = new String[args.length + 2];
        all[0] = "config";
        all[1] = "check";
        System.arraycopy(args, 0, all, 2, args.length);
        return Tidepool.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all);
    }
}
