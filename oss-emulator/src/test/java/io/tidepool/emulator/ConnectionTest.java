package io.tidepool.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** HTTP on the wire, where clients differ: pipelining, whole URLs, chunked and announced bodies, nonsense. */
@Timeout(30)
class ConnectionTest {

    private OssEmulator emulator;

    @BeforeEach
    void start() throws IOException {
        emulator = new OssEmulator(EmulatorOptions.defaults().withoutSignatures());
        emulator.bucket().put("a", "<aaa>".getBytes(StandardCharsets.US_ASCII));
        emulator.bucket().put("b", "<bbb>".getBytes(StandardCharsets.US_ASCII));
    }

    @AfterEach
    void stop() {
        emulator.close();
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        String replies = exchange("""
                GET /models/a HTTP/1.1
                Host: x

                GET /models/none HTTP/1.1
                Host: x

                HEAD /models/a HTTP/1.1
                Host: x

                GET /models/b HTTP/1.1
                Host: x
                Connection: close

                """);
        assertThat(replies).containsSubsequence("200 OK", "<aaa>", "404 Not Found", "200 OK", "200 OK", "<bbb>");
        assertThat(replies).containsOnlyOnce("<aaa>");
    }

    @Test
    void wholeUrlsAndVirtualHosts() throws IOException {
        assertThat(exchange("""
                        GET http://models.oss.example/a HTTP/1.1
                        Host: models.oss.example:80
                        Connection: close

                        """)).contains("200 OK", "<aaa>");
        // A DNS name that is no bucket, in path style.
        assertThat(exchange("""
                        GET /models/b HTTP/1.1
                        Host: emulator.local
                        Connection: close

                        """)).contains("200 OK", "<bbb>");
    }

    @Test
    void chunkedPut() throws IOException {
        String reply = exchange("""
                PUT /models/c HTTP/1.1
                Host: x
                Transfer-Encoding: chunked
                Expect: 100-continue
                Connection: close

                3
                abc
                2
                de
                0

                """);
        assertThat(reply).startsWith("HTTP/1.1 100 Continue").contains("200 OK");
        assertThat(emulator.bucket().find("c").orElseThrow().size()).isEqualTo(5);
        // MD5 of "abcde".
        assertThat(reply).contains("\"AB56B4D92B40713ACC5AF89985D4B786\"");
    }

    @Test
    void aBodyThatIsNotItsMd5IsRefused() throws IOException {
        String reply = exchange("""
                PUT /models/c HTTP/1.1
                Host: x
                Content-Length: 4
                Content-MD5: AAAAAAAAAAAAAAAAAAAAAA==
                Connection: close

                abcd""");
        assertThat(reply).contains("400 Bad Request", "<Code>InvalidDigest</Code>");
        assertThat(emulator.bucket().find("c")).isEmpty();
    }

    @Test
    void nonsenseIsRefusedAndHurtsNobody() throws IOException {
        assertThat(exchange("HELLO\n\n")).contains("400 Bad Request", "InvalidRequest");
        assertThat(exchange("""
                        GET /models/%zz HTTP/1.1
                        Host: x
                        Connection: close

                        """)).contains("400 Bad Request", "InvalidURI");
        assertThat(exchange("""
                        PUT /models/%s HTTP/1.1
                        Host: x
                        Content-Length: 1
                        Connection: close

                        x""".formatted("k".repeat(1024)))).contains("400 Bad Request", "InvalidObjectName");
    }

    private String exchange(String lines) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), emulator.endpoint().getPort())) {
            socket.setSoTimeout(8000);
            socket.getOutputStream().write(lines.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
