package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.disk.SmallDisk;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A disk smaller than the capacity costs the origin nothing: what is read ahead is still there when its reader comes. */
final class SmallDiskTest extends EndToEndTest {
    private static final int SHARDS = 4;
    private static final long SHARD_BYTES = 5L * CHUNK + 1000;

    /** 32 MiB hold no shard, so each has a window; 56 MiB hold one, so each is streamed. */
    @ParameterizedTest
    @CsvSource({"48m, 16MiB", "64m, 8MiB", "64m, 0"})
    void aModelThatTheDiskCannotHoldComesOnce(String disk, String keepFree) throws Exception {
        ended(SmallDisk.mount(directory.resolve("cache"), disk));
        Agent agent = start(new AgentSetup(directory)
                .bucket(emulator)
                .show("m", "oss", "", "model")
                .capacity("4GiB")
                .keepFree(keepFree));
        long sent = 0;
        for (int shard = 1; shard <= SHARDS; shard++) {
            emulator.bucket().putSynthetic(key(shard), SHARD_BYTES);
        }
        for (int shard = 1; shard <= SHARDS; shard++) {
            Path path = agent.at("/m/" + key(shard));
            try (Child reader = Child.reader("pread", path, key(shard), 1, BlockOrder.SEQUENTIAL, MIB)) {
                assertThat(reader.result(Duration.ofSeconds(60))).isEqualTo("ok " + SHARD_BYTES);
            }
            sent += emulator.count(key(shard)).bytesSent();
        }
        assertThat(sent / (double) (SHARDS * SHARD_BYTES)).isBetween(1.0, 1.02);
        assertThat(agent.metric("tidepool_cache_evicted_bytes_total", "")).isPositive();
        assertThat(agent.metric("tidepool_cache_bypass_changes_total", "")).isZero();
    }

    private static String key(int shard) {
        return "model-0000%d-of-0000%d.bin".formatted(shard, SHARDS);
    }
}
