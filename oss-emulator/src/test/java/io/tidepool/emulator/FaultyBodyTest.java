package io.tidepool.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.emulator.fault.ActiveFault;
import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.fault.FaultRule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults that leave the head as it should be, or nearly, over a body that is not the object's bytes. */
class FaultyBodyTest extends FaultRig {

    @Test
    void aBodyTooLong() throws IOException {
        RawHttp reply = faulted(Fault.longBody(7));
        assertThat(reply.status()).isEqualTo(206);
        assertThat(reply.header("content-length")).hasValue("1007");
        assertThat(reply.header("content-range")).hasValue("bytes 100-1099/" + SIZE);
        assertThat(reply.body()).hasSize(1007);
        assertThat(SyntheticBytes.check("k", 1, 100, Arrays.copyOf(reply.body(), 1000)))
                .isEmpty();
    }

    @Test
    void moreBytesThanContentLengthSays() throws IOException {
        ActiveFault fault =
                emulator.faults().add(FaultRule.on("k", Fault.surplus(7)).times(1));
        RawHttp reply = RawHttp.get(emulator, "k", 500, "Range: bytes=100-1099");
        assertThat(fault.fired()).isEqualTo(1);
        assertThat(reply.header("content-length")).hasValue("1000");
        assertThat(reply.body()).hasSize(1007);
        // What follows on this connection is out of step, and nothing says so.
        assertThat(reply.end()).isEqualTo(RawHttp.End.SILENT);
    }

    @Test
    void aClientThatCountsDoesNotSeeTheSurplus() throws IOException, InterruptedException {
        emulator.faults().add(FaultRule.on("k", Fault.surplus(7)).times(1));
        byte[] body = TestClients.get(emulator, "k", "Range", "bytes=100-1099").body();
        assertThat(body).hasSize(1000);
        assertThat(SyntheticBytes.check("k", 1, 100, body)).isEmpty();
    }

    @Test
    void chunked() throws IOException {
        RawHttp reply = faulted(Fault.chunked());
        assertThat(reply.header("transfer-encoding")).hasValue("chunked");
        assertThat(reply.header("content-length")).isEmpty();
        assertRightChunk(reply, 1000);
    }

    @Test
    void chunkedAndOverTooEarly() throws IOException {
        RawHttp reply = faulted(Fault.chunkedTruncated(300));
        assertThat(reply.header("transfer-encoding")).hasValue("chunked");
        assertRightChunk(reply, 300);
    }

    private static void assertRightChunk(RawHttp reply, int length) {
        byte[] body = reply.body();
        String start = Integer.toHexString(length) + "\r\n";
        assertThat(new String(body, StandardCharsets.ISO_8859_1))
                .startsWith(start)
                .endsWith("\r\n0\r\n\r\n");
        byte[] chunk = Arrays.copyOfRange(body, start.length(), start.length() + length);
        assertThat(body).hasSize(start.length() + length + "\r\n0\r\n\r\n".length());
        assertThat(SyntheticBytes.check("k", 1, 100, chunk)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, -1, 8, 8 << 20, SIZE - 200})
    void shiftedBytes(long by) throws IOException {
        RawHttp reply = faulted(Fault.shiftedBytes(by));
        assertThat(reply.status()).isEqualTo(206);
        assertThat(reply.header("content-range")).hasValue("bytes 100-1099/" + SIZE);
        assertThat(reply.header("etag")).hasValue('"' + etag + '"');
        assertThat(reply.body()).hasSize(1000);
        for (int i = 0; i < 1000; i++) {
            long from = Math.floorMod(100 + i + by, (long) SIZE);
            assertThat(reply.body()[i]).isEqualTo(SyntheticBytes.at(SyntheticBytes.seed("k", 1), from));
        }
    }

    @Test
    void anErrorInTheMiddleOfTheBody() throws IOException {
        RawHttp reply = faulted(Fault.errorInBody(300));
        assertThat(reply.status()).isEqualTo(206);
        assertThat(reply.header("content-length")).hasValue("1000");
        assertThat(reply.body()).hasSize(1000);
        String text = new String(reply.body(), StandardCharsets.ISO_8859_1);
        assertThat(text.substring(300)).startsWith("<?xml").contains("<Code>InternalError</Code>");
        int rest = text.indexOf("</Error>") + "</Error>".length();
        assertThat(SyntheticBytes.check("k", 1, 100, Arrays.copyOf(reply.body(), 300)))
                .isEmpty();
        assertThat(rest).isBetween(400, 990);
        assertThat(SyntheticBytes.check("k", 1, 100 + rest, Arrays.copyOfRange(reply.body(), rest, 1000)))
                .isEmpty();
    }

    @Test
    void anErrorThatEndsTheBody() throws IOException {
        RawHttp reply = faulted(Fault.errorEndsBody(300));
        assertThat(reply.status()).isEqualTo(206);
        assertThat(reply.header("content-length")).hasValue("1000");
        assertThat(reply.end()).isEqualTo(RawHttp.End.CLOSED);
        assertThat(SyntheticBytes.check("k", 1, 100, Arrays.copyOf(reply.body(), 300)))
                .isEmpty();
        assertThat(new String(reply.body(), StandardCharsets.ISO_8859_1).substring(300))
                .startsWith("<?xml")
                .endsWith("</Error>");
    }
}
