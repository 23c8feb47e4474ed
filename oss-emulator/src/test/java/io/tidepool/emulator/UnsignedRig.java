package io.tidepool.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** An emulator that asks for no signature, and plain HTTP at it: for what client libraries never send. */
@Timeout(30)
abstract class UnsignedRig {

    OssEmulator emulator;

    @BeforeEach
    void start() throws IOException {
        emulator = new OssEmulator(EmulatorOptions.defaults().withoutSignatures());
    }

    @AfterEach
    void stop() {
        emulator.close();
    }

    /** @param key of the default bucket, and a query */
    HttpResponse<byte[]> send(String method, String key, byte[] body, String... headers)
            throws IOException, InterruptedException {
        return TestClients.sendBody(emulator, method, "/" + emulator.bucket().name() + "/" + key, body, headers);
    }

    HttpResponse<byte[]> send(String method, String key, String body, String... headers)
            throws IOException, InterruptedException {
        return send(method, key, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    static String text(HttpResponse<byte[]> reply) {
        return new String(reply.body(), StandardCharsets.UTF_8);
    }

    static void assertError(HttpResponse<byte[]> reply, int status, String code) {
        assertThat(text(reply)).contains("<Code>" + code + "</Code>");
        assertThat(reply.statusCode()).isEqualTo(status);
    }
}
