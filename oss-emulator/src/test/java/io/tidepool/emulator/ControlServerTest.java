package io.tidepool.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidepool.emulator.fault.FaultKind;
import io.tidepool.emulator.shape.Shape;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class ControlServerTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private OssEmulator emulator;

    @BeforeEach
    void start() throws IOException {
        emulator = new OssEmulator(EmulatorOptions.defaults().withoutSignatures());
        emulator.bucket().putSynthetic("k", 1000);
    }

    @AfterEach
    void stop() {
        emulator.close();
    }

    @Test
    void saysWhatItIs() throws IOException, InterruptedException {
        JsonNode about = call("GET", "/", "", 200);
        assertThat(about.get("what").asText()).contains("not OSS");
        assertThat(about.get("endpoint").asText()).isEqualTo(emulator.endpoint().toString());
        assertThat(emulator.controlUri().getHost()).isEqualTo("127.0.0.1");
    }

    @Test
    void showsAndResetsCounters() throws IOException, InterruptedException {
        TestClients.get(emulator, "k", "Range", "bytes=10-19");
        JsonNode counters = call("GET", "/counters", "", 200);
        assertThat(counters.at("/total/bytesSent").asLong()).isEqualTo(10);
        JsonNode key = counters.get("objects").get("models/k");
        assertThat(key.at("/requests/GET").asLong()).isEqualTo(1);
        assertThat(key.at("/distinctBytes").asLong()).isEqualTo(10);
        assertThat(key.at("/ranges/0/offset").asLong()).isEqualTo(10);
        call("DELETE", "/counters", "", 200);
        assertThat(call("GET", "/counters", "", 200).at("/objects").size()).isZero();
    }

    @Test
    void addsShowsAndRemovesFaults() throws IOException, InterruptedException {
        JsonNode added = call(
                "POST",
                "/faults",
                "{\"key\": \"k\", \"kind\": \"STATUS\", \"status\": 503, \"code\": \"TotalQpsLimitExceeded\","
                        + " \"delayMillis\": 100, \"times\": 1}",
                200);
        HttpResponse<byte[]> reply = TestClients.get(emulator, "k");
        assertThat(reply.statusCode()).isEqualTo(503);
        assertThat(reply.headers().firstValue("x-oss-qos-delay-time")).hasValue("100");
        JsonNode fault = call("GET", "/faults", "", 200).get(0);
        assertThat(fault.get("fired").asLong()).isEqualTo(1);
        assertThat(fault.get("kind").asText()).isEqualTo("STATUS");
        assertThat(fault.get("id")).isEqualTo(added.get("id"));
        call("DELETE", "/faults/" + added.get("id"), "", 200);
        assertThat(call("GET", "/faults", "", 200)).isEmpty();
        call("DELETE", "/faults/99", "", 404);
        call("POST", "/faults", "{\"kind\": \"DRIP\", \"bytesPerSecond\": 5}", 200);
        call("DELETE", "/faults", "", 200);
        assertThat(emulator.faults().all()).isEmpty();
    }

    /** What a kind needs beside its name has a default, and every kind can be posted and read back. */
    @ParameterizedTest
    @EnumSource(FaultKind.class)
    void knowsEveryKindOfFault(FaultKind kind) throws IOException, InterruptedException {
        String rate = kind == FaultKind.DRIP ? ", \"bytesPerSecond\": 5" : "";
        call("POST", "/faults", "{\"kind\": \"" + kind + "\"" + rate + "}", 200);
        assertThat(emulator.faults().all().getFirst().rule().fault().kind()).isEqualTo(kind);
        assertThat(call("GET", "/faults", "", 200).get(0).get("kind").asText()).isEqualTo(kind.name());
    }

    @Test
    void readsTheParametersOfAFault() throws IOException, InterruptedException {
        call("POST", "/faults", "{\"kind\": \"SHIFTED_BYTES\", \"byBytes\": -8}", 200);
        call("POST", "/faults", "{\"kind\": \"STATUS\", \"code\": \"QpsLimitExceeded\"}", 200);
        JsonNode faults = call("GET", "/faults", "", 200);
        assertThat(faults.get(0).get("byBytes").asLong()).isEqualTo(-8);
        assertThat(faults.get(1).get("status").asInt()).isEqualTo(429);
        call("POST", "/faults", "{\"kind\": \"SURPLUS\", \"byBytes\": 0}", 400);
    }

    @Test
    void shapes() throws IOException, InterruptedException {
        call("PUT", "/shape", "{\"bytesPerSecond\": 1000, \"firstByteLatencyMillis\": 7}", 200);
        assertThat(emulator.shape()).isEqualTo(new Shape(1000, 0, Duration.ofMillis(7)));
        assertThat(call("GET", "/shape", "", 200).get("firstByteLatencyMillis").asLong())
                .isEqualTo(7);
        call("PUT", "/shape", "{\"bytesPerSecond\": -1}", 400);
    }

    @Test
    void makesObjects() throws IOException, InterruptedException {
        JsonNode made = call("POST", "/objects", "{\"key\": \"new\", \"size\": 77, \"version\": 4}", 200);
        assertThat(made.get("etag").asText())
                .isEqualTo(emulator.bucket().find("new").orElseThrow().etag());
        byte[] body = TestClients.get(emulator, "new").body();
        assertThat(body).hasSize(77);
        assertThat(SyntheticBytes.check("new", 4, 0, body)).isEmpty();
        call("POST", "/objects", "{\"key\": \"new\", \"size\": 7, \"bucket\": \"none\"}", 404);
    }

    @Test
    void makesModels() throws IOException, InterruptedException {
        JsonNode made = call("POST", "/models", "{\"prefix\": \"m/\", \"size\": 1000000, \"shards\": 3}", 200);
        assertThat(made.get("size").asLong()).isEqualTo(1_000_000);
        assertThat(made.get("keys")).hasSize(5);
        made.get("keys")
                .forEach(key -> assertThat(emulator.bucket().find(key.asText())).isPresent());
        call("POST", "/models", "{\"prefix\": \"m/\"}", 400);
        call("POST", "/models", "{\"prefix\": \"m/\", \"size\": 1, \"shards\": 3}", 400);
    }

    @Test
    void mistakesAreToldInOneLine() throws IOException, InterruptedException {
        assertThat(call("POST", "/objects", "{\"key\": \"new\", \"sice\": 77}", 400)
                        .get("error")
                        .asText())
                .contains("sice");
        assertThat(call("POST", "/objects", "{\"key\": \"new\"}", 400)
                        .get("error")
                        .asText())
                .contains("size");
        assertThat(call("POST", "/faults", "{\"kind\": \"NONE\"}", 400)
                        .get("error")
                        .asText())
                .contains("NONE");
        assertThat(call("POST", "/faults", "[", 400).get("error").asText()).isNotBlank();
        assertThat(call("POST", "/faults", "", 400).get("error").asText()).contains("JSON object");
        assertThat(call("GET", "/nothing", "", 404).get("error").asText()).contains("/nothing");
    }

    private JsonNode call(String method, String path, String body, int status)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(emulator.controlUri().resolve(path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> reply = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(status);
        return new ObjectMapper().readTree(reply.body());
    }
}
