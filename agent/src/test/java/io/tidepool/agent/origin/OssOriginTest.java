package io.tidepool.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;

import com.aliyun.oss.common.utils.CRC64;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.emulator.SyntheticBytes;
import io.tidepool.emulator.count.KeyCount;
import io.tidepool.emulator.fault.ActiveFault;
import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.fault.FaultRule;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the origin asks for and hands over when nothing goes wrong. */
class OssOriginTest {
    private OssFixture fixture;

    @BeforeEach
    void open() throws IOException {
        fixture = new OssFixture();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void headTellsVersionTimeAndCrc64() throws Exception {
        fixture.emulator.bucket().putSynthetic("a/model.bin", 1000);
        ObjectInfo info = fixture.head("a/model.bin");
        byte[] bytes = SyntheticBytes.range("a/model.bin", 1, 0, 1000);

        assertThat(info.version().sizeBytes()).isEqualTo(1000);
        assertThat(info.version().origin()).isEqualTo("bucket");
        assertThat(info.version().etag()).isNotEmpty().doesNotContain("\"");
        assertThat(info.crc64()).hasValue(new CRC64(bytes, bytes.length).getValue());
        assertThat(info.lastModified()).isBeforeOrEqualTo(Instant.now());
    }

    @Test
    void headWithoutCrc64TellsTheRest() throws Exception {
        fixture.emulator.bucket().putSynthetic("m", 1000);
        ActiveFault fault =
                fixture.emulator.faults().add(FaultRule.on("m", Fault.noCrc64()).method("HEAD"));
        ObjectInfo info = fixture.head("m");
        assertThat(fault.fired()).isEqualTo(1);
        assertThat(info.crc64()).isEmpty();
        assertThat(info.version().sizeBytes()).isEqualTo(1000);
    }

    @Test
    void headOfNothingIsNullAndCostsOneRequest() throws Exception {
        assertThat(fixture.origin.head("nothing")).isNull();
        assertThat(fixture.emulator.count("nothing").requests("HEAD")).isEqualTo(1);
        assertThat(fixture.metrics.count(Metric.ORIGIN_REQUESTS, "head", "ok")).isEqualTo(1);
    }

    @Test
    void everyChunkIsOneExactRangeAndTheSumsCombineToTheObjects() throws Exception {
        long size = 2L * ChunkLayout.CHUNK_BYTES + 12345;
        fixture.emulator.bucket().putSynthetic("m", size);
        ObjectInfo info = fixture.head("m");
        long[] sums = new long[3];
        for (int i = 0; i < 3; i++) {
            ChunkId id = info.version().chunk(i);
            LandingBuffer into = Buffers.of(id);
            fixture.fill(id, into);
            assertThat(OssFixture.mismatch(id, into)).isEmpty();
            assertThat(into.isFull()).isTrue();
            assertThat(into.hasCrc64()).isTrue();
            sums[i] = into.crc64();
        }

        assertThat(Crc64.ofChunks(sums, size)).isEqualTo(info.crc64().orElseThrow());
        assertThat(fixture.emulator.count("m").ranges())
                .containsExactly(
                        new KeyCount.Range(0, ChunkLayout.CHUNK_BYTES, 206),
                        new KeyCount.Range(ChunkLayout.CHUNK_BYTES, ChunkLayout.CHUNK_BYTES, 206),
                        new KeyCount.Range(2L * ChunkLayout.CHUNK_BYTES, 12345, 206));
        assertThat(fixture.metrics.count(Metric.ORIGIN_BYTES)).isEqualTo((double) size);
    }

    @Test
    void goesOnWhereAnotherSourceStopped() throws Exception {
        fixture.emulator.bucket().putSynthetic("m", 100_000);
        ObjectInfo info = fixture.head("m");
        ChunkId id = info.version().chunk(0);
        LandingBuffer into = Buffers.of(id);
        into.writable().put(SyntheticBytes.range("m", 1, 0, 60_000));
        into.advance(60_000);

        fixture.fill(id, into);
        assertThat(OssFixture.mismatch(id, into)).isEmpty();
        assertThat(into.crc64()).isEqualTo(info.crc64().orElseThrow());
        assertThat(fixture.emulator.count("m").ranges()).containsExactly(new KeyCount.Range(60_000, 40_000, 206));
    }

    @Test
    void fetchesNothingForAChunkThatIsFull() throws Exception {
        fixture.emulator.bucket().putSynthetic("m", 1000);
        ChunkId id = fixture.head("m").version().chunk(0);
        LandingBuffer into = Buffers.of(id);
        into.writable().put(SyntheticBytes.range("m", 1, 0, 1000));
        into.advance(1000);

        fixture.fill(id, into);
        assertThat(OssFixture.mismatch(id, into)).isEmpty();
        assertThat(fixture.emulator.count("m").requests("GET")).isZero();
    }

    @Test
    void connectionsAreUsedAgain() throws Exception {
        fixture.emulator.bucket().putSynthetic("m", 20L * 1000);
        for (int i = 0; i < 20; i++) {
            ChunkId id = fixture.head("m").version().chunk(0);
            fixture.fill(id, Buffers.of(id));
        }
        assertThat(fixture.oss.connectionStats()).contains("leased: 0").contains("available: 1;");
    }
}
