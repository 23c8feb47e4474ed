package io.tidepool.agent.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidepool.agent.chunk.ChunkException.Kind;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class LandingBufferTest {
    private static final int LENGTH = ChunkLayout.BLOCK_BYTES * 2 + 777;

    private final LandingBuffer buffer = new LandingBuffer(ByteBuffer.allocateDirect(ChunkLayout.CHUNK_BYTES), LENGTH);

    private void land(int count) {
        ByteBuffer to = buffer.writable();
        for (int i = 0; i < count; i++) {
            to.put((byte) (buffer.watermark() + i));
        }
        buffer.advance(count);
    }

    @Test
    void checksumsEachBlockWhateverTheStepsOfTheFiller() {
        int[] steps = {1, 1_000_000, 48_575, 1_048_576, 770, 7};
        for (int step : steps) {
            land(step);
        }
        assertThat(buffer.isFull()).isTrue();
        ByteBuffer landed = buffer.landed();
        for (int block = 0; block < 3; block++) {
            int from = block * ChunkLayout.BLOCK_BYTES;
            CRC32C crc = new CRC32C();
            crc.update(landed.slice(from, Math.min(ChunkLayout.BLOCK_BYTES, LENGTH - from)));
            assertThat(buffer.blockCrc32c()[block]).isEqualTo((int) crc.getValue());
        }
    }

    @Test
    void aReaderGetsItsBytesBeforeTheChunkIsWhole() throws Exception {
        CompletableFuture<byte[]> reader = readLater(100, 50);
        land(149);
        assertThat(reader).isNotDone();
        land(1);
        assertThat(reader.get(5, TimeUnit.SECONDS)).hasSize(50).startsWith((byte) 100);
        assertThat(buffer.isFull()).isFalse();
    }

    private CompletableFuture<byte[]> readLater(int offset, int count) throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            started.countDown();
            try {
                buffer.await(offset + count, Deadline.after(Duration.ofSeconds(10)));
                ByteBuffer into = ByteBuffer.allocate(count);
                buffer.copy(offset, into);
                result.complete(into.array());
            } catch (ChunkException | InterruptedException e) {
                result.completeExceptionally(e);
            }
        });
        started.await();
        return result;
    }

    @Test
    void manyReadersAreEachWokenForTheirOwnBytes() throws Exception {
        Random random = new Random(7);
        List<CompletableFuture<byte[]>> readers = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            int count = 1 + random.nextInt(100);
            readers.add(readLater(random.nextInt(LENGTH - count), count));
        }
        while (!buffer.isFull()) {
            land(Math.min(LENGTH - buffer.watermark(), 1 + random.nextInt(20_000)));
        }
        for (CompletableFuture<byte[]> reader : readers) {
            reader.get(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void aFailureWakesThoseWhoWaitForMoreAndKeepsWhatLanded() throws Exception {
        CompletableFuture<byte[]> waiting = readLater(0, 1000);
        land(500);
        buffer.fail(new ChunkException(Kind.UNAVAILABLE, "origin away"));
        assertThatThrownBy(() -> waiting.get(5, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(
                        ChunkException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE));
        buffer.await(500, Deadline.after(Duration.ZERO));
        assertThat(buffer.copy(0, ByteBuffer.allocate(1000))).isEqualTo(500);
    }

    @Test
    void aReaderIsLetGoAtItsDeadline() {
        assertThatThrownBy(() -> buffer.await(1, Deadline.after(Duration.ofMillis(20))))
                .isInstanceOfSatisfying(
                        ChunkException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DEADLINE));
    }

    @Test
    void refusesToAdvancePastTheEndAndToCompleteBeforeIt() {
        land(10);
        assertThatThrownBy(() -> buffer.advance(LENGTH - 9)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(buffer::complete).isInstanceOf(IllegalStateException.class);
        assertThat(buffer.watermark()).isEqualTo(10);
    }

    @Test
    void runsAnActionOnceWhenItsBytesHaveLanded() {
        AtomicInteger ran = new AtomicInteger();
        buffer.whenReadable(0, ran::incrementAndGet);
        assertThat(ran).hasValue(1);
        buffer.whenReadable(10, ran::incrementAndGet);
        land(9);
        assertThat(ran).hasValue(1);
        land(1);
        assertThat(ran).hasValue(2);
        land(1);
        assertThat(ran).hasValue(2);
        buffer.whenReadable(LENGTH, ran::incrementAndGet);
        buffer.fail(new ChunkException(Kind.UNAVAILABLE, "as the test wants"));
        assertThat(ran).as("no more will come").hasValue(3);
        buffer.whenReadable(LENGTH, ran::incrementAndGet);
        assertThat(ran).hasValue(4);
    }

    @Test
    void anActionMayAskAgainWhileItRuns() {
        List<Integer> seen = new ArrayList<>();
        buffer.whenReadable(1, () -> {
            seen.add(buffer.readable());
            buffer.whenReadable(5, () -> seen.add(buffer.readable()));
        });
        land(3);
        land(3);
        assertThat(seen).containsExactly(3, 6);
    }

    @Test
    void tellsOfBlocksThatLandAndNotOfThoseThatHad() {
        List<List<Integer>> told = new ArrayList<>();
        land(ChunkLayout.BLOCK_BYTES + 5);
        buffer.onBlocks(1, (before, landed) -> told.add(List.of(before, landed)));
        land(ChunkLayout.BLOCK_BYTES - 6);
        assertThat(told).isEmpty();
        land(1);
        land(776);
        assertThat(told).containsExactly(List.of(1, 2));
        land(1);
        assertThat(told).containsExactly(List.of(1, 2), List.of(2, 3));
    }

    @Test
    void noActionIsLostWhileTheFillerRuns() throws Exception {
        CountDownLatch all = new CountDownLatch(LENGTH / 1000);
        Thread asker = Thread.ofPlatform().start(() -> {
            for (int count = 1000; count <= LENGTH; count += 1000) {
                buffer.whenReadable(count, all::countDown);
            }
        });
        while (!buffer.isFull()) {
            land(Math.min(997, LENGTH - buffer.watermark()));
        }
        assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
        asker.join();
    }

    @Test
    void aWrongBlockChangesNothing() {
        land(100); // of the first block, by another source
        CRC32C crc = new CRC32C();
        ByteBuffer rest = buffer.writable().limit(ChunkLayout.BLOCK_BYTES - 100);
        crc.update(buffer.landed());
        crc.update(rest.duplicate());
        rest.put(17, (byte) 1);
        assertThat(buffer.advanceBlock((int) crc.getValue())).isFalse();
        assertThat(buffer.watermark()).isEqualTo(100);
        rest.put(17, (byte) 0);
        assertThat(buffer.advanceBlock((int) crc.getValue())).isTrue();
        assertThat(buffer.watermark()).isEqualTo(ChunkLayout.BLOCK_BYTES);
        assertThat(buffer.blockCrc32c()[0]).isEqualTo((int) crc.getValue());
        assertThat(buffer.advanceBlock(1)).isFalse();
        land(ChunkLayout.BLOCK_BYTES);
        CRC32C last = new CRC32C();
        last.update(new byte[777]);
        assertThat(buffer.advanceBlock((int) last.getValue())).isTrue();
        assertThat(buffer.isFull()).isTrue();
    }
}
