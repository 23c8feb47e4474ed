package io.tidepool.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The documented table of ranges over an object of 1,000 bytes. */
@Timeout(30)
class RangeTest {

    private static OssEmulator emulator;

    @BeforeAll
    static void start() throws IOException {
        emulator = new OssEmulator(EmulatorOptions.defaults().withoutSignatures());
        emulator.bucket().putSynthetic("k", 1000);
        emulator.bucket().putSynthetic("empty", 0);
    }

    @AfterAll
    static void stop() {
        emulator.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bytes=0-499     | 206 | 0   | 500  | 206 | 0   | 500",
                "bytes=500-999   | 206 | 500 | 500  | 206 | 500 | 500",
                "bytes=0-0       | 206 | 0   | 1    | 206 | 0   | 1",
                "bytes=0-        | 206 | 0   | 1000 | 206 | 0   | 1000",
                "bytes=500-      | 206 | 500 | 500  | 206 | 500 | 500",
                "bytes=-500      | 206 | 500 | 500  | 206 | 500 | 500",
                "bytes=500-2000  | 200 | 0   | 1000 | 206 | 500 | 500",
                "bytes=0-1000    | 200 | 0   | 1000 | 206 | 0   | 1000",
                "bytes=1000-2000 | 200 | 0   | 1000 | 416 | 0   | 0",
                "bytes=1000-     | 200 | 0   | 1000 | 416 | 0   | 0",
                "bytes=-2000     | 200 | 0   | 1000 | 206 | 0   | 1000",
                "bytes=-0        | 200 | 0   | 1000 | 416 | 0   | 0",
                "bytes=500-400   | 200 | 0   | 1000 | 200 | 0   | 1000",
                "byte=0-499      | 200 | 0   | 1000 | 200 | 0   | 1000",
                "bytes=-         | 200 | 0   | 1000 | 200 | 0   | 1000",
                "bytes=a-b       | 200 | 0   | 1000 | 200 | 0   | 1000",
                "bytes=0-9,20-29 | 206 | 0   | 10   | 206 | 0   | 10",
                "bytes=99999999999999999999- | 200 | 0 | 1000 | 416 | 0 | 0",
            })
    void isAnsweredAsDocumented(
            String range, int status, int from, int length, int standardStatus, int standardFrom, int standardLength)
            throws IOException, InterruptedException {
        assertAnswer(TestClients.get(emulator, "k", "Range", range), status, from, length);
        HttpResponse<byte[]> standard =
                TestClients.get(emulator, "k", "Range", range, "x-oss-range-behavior", "standard");
        assertAnswer(standard, standardStatus, standardFrom, standardLength);
    }

    private static void assertAnswer(HttpResponse<byte[]> reply, int status, int from, int length) {
        assertThat(reply.statusCode()).isEqualTo(status);
        if (status == 416) {
            assertThat(reply.body()).asString().contains("<Code>InvalidRange</Code>");
            return;
        }
        assertThat(reply.body()).hasSize(length);
        assertThat(SyntheticBytes.check("k", 1, from, reply.body())).isEmpty();
        if (status == 206) {
            assertThat(reply.headers().firstValue("content-range"))
                    .hasValue("bytes %d-%d/1000".formatted(from, from + length - 1));
        } else {
            assertThat(reply.headers().firstValue("content-range")).isEmpty();
        }
    }

    @Test
    void anEmptyObjectHasNoRange() throws IOException, InterruptedException {
        assertThat(TestClients.get(emulator, "empty", "Range", "bytes=0-").statusCode())
                .isEqualTo(200);
        assertThat(TestClients.get(emulator, "empty", "Range", "bytes=0-", "x-oss-range-behavior", "standard")
                        .statusCode())
                .isEqualTo(416);
    }

    @Test
    void aRangeHasTheWholeObjectsEtagAndChecksum() throws IOException, InterruptedException {
        HttpResponse<byte[]> part = TestClients.get(emulator, "k", "Range", "bytes=1-2");
        HttpResponse<byte[]> whole = TestClients.get(emulator, "k");
        for (String header : new String[] {"etag", "x-oss-hash-crc64ecma", "last-modified"}) {
            assertThat(part.headers().firstValue(header))
                    .isPresent()
                    .isEqualTo(whole.headers().firstValue(header));
        }
    }
}
