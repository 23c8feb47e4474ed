package io.tidepool.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

@Timeout(30)
class EmulatorCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void servesUntilToldAndItsExamplesWork() throws Exception {
        AtomicInteger exit = new AtomicInteger(-1);
        Thread command = new Thread(() -> exit.set(run(
                "--port",
                "0",
                "--control-port",
                "0",
                "--synthetic",
                "a=b=1KiB",
                "--model",
                "1MiB",
                "--bucket",
                "demo")));
        command.start();
        while (!out.toString().contains("Ctrl-C")) {
            assertThat(command.isAlive()).as(err.toString()).isTrue();
            Thread.sleep(20);
        }
        String text = out.toString();
        assertThat(text).contains("NOT OSS", "emulator-secret", "cn-emulator", "demo");
        Matcher example = Pattern.compile("curl -s '(\\S+)'").matcher(text);
        assertThat(example.find()).isTrue();
        assertThat(get(example.group(1))).contains("\"model_type\"");
        Matcher control = Pattern.compile("curl -s (\\S+/counters)").matcher(text);
        assertThat(control.find()).isTrue();
        assertThat(get(control.group(1))).contains("demo/model/config.json");
        command.interrupt();
        command.join();
        assertThat(exit.get()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--bandwidth | fast | fast",
                "--latency | 5 | 20ms",
                "--synthetic | big | KEY=SIZE",
                "--synthetic | big=x | 512MiB",
                "--port | 99999 | 65535",
                "--bucket | No_Bucket | No_Bucket",
                "--model | 1KiB | 16384",
                "--dir | /dev/null | not a directory",
                "--colour | red | --colour",
            })
    void badOptionsAreOneLineAndExit2(String option, String value, String complaint) {
        assertThat(run("--control-port", "0", option, value)).isEqualTo(2);
        assertThat(err.toString().lines().findFirst().orElse("")).contains(complaint);
        assertThat(err.toString()).doesNotContain("Exception", "\tat ");
    }

    @Test
    void aTakenPortIsOneLineAndExit2() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            assertThat(run("--control-port", "0", "--port", String.valueOf(taken.getLocalPort())))
                    .isEqualTo(2);
            assertThat(err.toString().lines()).hasSize(1);
            assertThat(err.toString()).contains(String.valueOf(taken.getLocalPort()));
        }
    }

    private int run(String... arguments) {
        return new CommandLine(new EmulatorCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    private static String get(String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
        HttpResponse<byte[]> reply = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());
        assertThat(reply.statusCode()).isEqualTo(200);
        return new String(reply.body(), StandardCharsets.UTF_8);
    }
}
