package io.tidepool.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.emulator.fault.ActiveFault;
import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.fault.FaultRule;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of fault, seen from the wire: it fires once, does what it says, and the next request is well. */
class FaultTest extends FaultRig {

    static List<String> throttleCodes() {
        return Fault.THROTTLE_CODES;
    }

    @ParameterizedTest
    @MethodSource("throttleCodes")
    void throttled(String code) throws IOException {
        RawHttp reply = faulted(Fault.throttled(code, Duration.ofMillis(250)));
        assertThat(reply.status()).isEqualTo(code.equals("QpsLimitExceeded") ? 429 : 503);
        assertThat(reply.header("x-oss-qos-delay-time")).hasValue("250");
        assertThat(reply.header("x-oss-request-id")).isPresent();
        assertThat(text(reply)).contains("<Code>" + code + "</Code>", "<RequestId>");
    }

    @Test
    void slowedDownButServed() throws IOException {
        long start = System.nanoTime();
        RawHttp reply = faulted(Fault.qosDelay(Duration.ofMillis(250)));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(250));
        assertThat(reply.status()).isEqualTo(206);
        assertThat(reply.header("x-oss-qos-delay-time")).hasValue("250");
        assertRight(reply, 100, 1000);
    }

    @Test
    void expiredToken() throws IOException {
        RawHttp reply = faulted(Fault.expiredToken());
        assertThat(reply.status()).isEqualTo(403);
        assertThat(text(reply)).contains("<Code>SecurityTokenExpired</Code>");
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 404, 500})
    void statuses(int status) throws IOException {
        RawHttp reply = faulted(Fault.status(status, "Code" + status));
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.header("x-oss-qos-delay-time")).isEmpty();
        assertThat(text(reply)).contains("<Code>Code" + status + "</Code>");
        assertThat(emulator.count("k").bytesSent()).isEqualTo(1000);
    }

    @Test
    void wrongContentRange() throws IOException {
        RawHttp reply = faulted(Fault.wrongContentRange());
        assertThat(reply.status()).isEqualTo(206);
        assertThat(reply.header("content-range")).hasValue("bytes 101-1099/" + SIZE);
        assertRight(reply, 100, 1000);
    }

    @Test
    void ignoredRange() throws IOException {
        RawHttp reply = faulted(Fault.ignoreRange());
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("content-range")).isEmpty();
        assertThat(reply.header("content-length")).hasValue(String.valueOf(SIZE));
        assertRight(reply, 0, SIZE);
    }

    @Test
    void shortBody() throws IOException {
        RawHttp reply = faulted(Fault.shortBody(300));
        assertThat(reply.header("content-length")).hasValue("1000");
        assertThat(reply.end()).isEqualTo(RawHttp.End.CLOSED);
        assertRight(reply, 100, 300);
    }

    @Test
    void noContentLength() throws IOException {
        RawHttp reply = faulted(Fault.noContentLength());
        assertThat(reply.status()).isEqualTo(206);
        assertThat(reply.header("content-length")).isEmpty();
        assertThat(reply.header("transfer-encoding")).isEmpty();
        assertThat(reply.end()).isEqualTo(RawHttp.End.CLOSED);
        assertRight(reply, 100, 1000);
    }

    @Test
    void noContentLengthAndTruncated() throws IOException {
        RawHttp reply = faulted(Fault.noContentLengthTruncated(999));
        assertThat(reply.header("content-length")).isEmpty();
        assertThat(reply.end()).isEqualTo(RawHttp.End.CLOSED);
        assertRight(reply, 100, 999);
    }

    @Test
    void resetBeforeTheReply() throws IOException {
        RawHttp reply = faulted(Fault.resetBeforeReply());
        assertThat(reply.end()).isEqualTo(RawHttp.End.RESET);
        assertThat(reply.head()).isEmpty();
    }

    @Test
    void resetAfterTheHead() throws IOException {
        RawHttp reply = faulted(Fault.resetAfter(0));
        assertThat(reply.end()).isEqualTo(RawHttp.End.RESET);
        assertThat(reply.body()).isEmpty();
    }

    @Test
    void resetMidBody() throws IOException {
        RawHttp reply = faulted(Fault.resetAfter(600));
        assertThat(reply.end()).isEqualTo(RawHttp.End.RESET);
        // An RST may overtake bytes that the client has not read yet.
        assertThat(reply.body().length).isLessThanOrEqualTo(600);
        assertThat(SyntheticBytes.check("k", 1, 100, reply.body())).isEmpty();
    }

    @Test
    void stallForAWhile() throws IOException {
        long start = System.nanoTime();
        RawHttp reply = faulted(Fault.stall(500, Duration.ofMillis(300)));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(300));
        assertRight(reply, 100, 1000);
    }

    @Test
    void stallForEver() throws IOException {
        ActiveFault fault = emulator.faults().add(FaultRule.on("k", Fault.stallForever(500)));
        RawHttp reply = RawHttp.get(emulator, "k", 1000, "Range: bytes=100-1099", "Connection: close");
        assertThat(fault.fired()).isEqualTo(1);
        assertThat(reply.end()).isEqualTo(RawHttp.End.SILENT);
        assertRight(reply, 100, 500);
    }

    @Test
    void drip() throws IOException {
        long start = System.nanoTime();
        RawHttp reply = faulted(Fault.drip(2000));
        double seconds = (System.nanoTime() - start) / 1e9;
        assertRight(reply, 100, 1000);
        // 1000 bytes at 2000 a second.
        assertThat(seconds).isBetween(0.35, 5.0);
    }

    @Test
    void wrongEtag() throws IOException {
        RawHttp reply = faulted(Fault.wrongEtag());
        assertThat(reply.header("etag")).isPresent().isNotEqualTo(java.util.Optional.of('"' + etag + '"'));
        assertRight(reply, 100, 1000);
    }

    @Test
    void anotherVersionsBytes() throws IOException {
        emulator.bucket().nextVersion("k");
        etag = emulator.bucket().find("k").orElseThrow().etag();
        RawHttp reply = send(
                emulator.faults().add(FaultRule.on("k", Fault.previousVersion()).times(1)));
        assertThat(reply.header("etag")).hasValue('"' + etag + '"');
        assertThat(SyntheticBytes.check("k", 1, 100, reply.body())).isEmpty();
        RawHttp other = send(
                emulator.faults().add(FaultRule.on("k", Fault.otherVersion(9)).times(1)));
        assertThat(SyntheticBytes.check("k", 9, 100, other.body())).isEmpty();
    }

    @Test
    void anotherVersionOfAnObjectThatHasNone() throws IOException {
        emulator.bucket().put("k", SyntheticBytes.range("k", 1, 0, 5000));
        RawHttp reply = faulted(Fault.previousVersion());
        for (int i = 0; i < 1000; i++) {
            assertThat(reply.body()[i]).isEqualTo((byte) ~SyntheticBytes.at(SyntheticBytes.seed("k", 1), 100 + i));
        }
    }

    @Test
    void flippedByte() throws IOException {
        RawHttp reply = faulted(Fault.flippedByte(77));
        assertThat(SyntheticBytes.check("k", 1, 100, reply.body()))
                .hasValueSatisfying(text -> assertThat(text).contains("from offset 177", "1 byte(s) differ"));
    }

    @Test
    void latency() throws IOException {
        long start = System.nanoTime();
        RawHttp reply = faulted(Fault.latency(Duration.ofMillis(250)));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(250));
        assertRight(reply, 100, 1000);
    }

    @Test
    void checksumsMissingOrWrong() throws IOException {
        assertThat(faulted(Fault.noCrc64()).header("x-oss-hash-crc64ecma")).isEmpty();
        assertThat(faulted(Fault.wrongCrc64()).header("x-oss-hash-crc64ecma")).hasValue("1");
    }
}
