package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.disk.SmallDisk;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A disk smaller than the capacity costs the origin nothing: what is read ahead is still there when its reader comes. */
final class SmallDiskTest extends EndToEndTest {
    /** A shard that the disk doesn't hold has a window, one that it does is streamed. */
    @ParameterizedTest
    @CsvSource({"96m, 16MiB, 2, 10", "64m, 0, 4, 5"})
    void aModelThatTheDiskCannotHoldComesOnce(String disk, String keepFree, int shards, int chunks) throws Exception {
        long shardBytes = (long) chunks * CHUNK;
        ended(SmallDisk.mount(directory.resolve("cache"), disk));
        Agent agent = fork(new AgentSetup(directory)
                .bucket(emulator)
                .show("m", "oss", "", "model")
                .capacity("4GiB")
                .keepFree(keepFree));
        long sent = 0;
        for (int shard = 1; shard <= shards; shard++) {
            emulator.bucket().putSynthetic(key(shard, shards), shardBytes);
        }
        for (int shard = 1; shard <= shards; shard++) {
            Path path = agent.at("/m/" + key(shard, shards));
            try (Child reader = Child.reader("pread", path, key(shard, shards), 1, BlockOrder.SEQUENTIAL, MIB)) {
                assertThat(reader.result(Duration.ofSeconds(60))).isEqualTo("ok " + shardBytes);
            }
            sent += emulator.count(key(shard, shards)).bytesSent();
        }
        assertThat(sent / (double) (shards * shardBytes)).isBetween(1.0, 1.02);
        assertThat(agent.metric("tidepool_cache_evicted_bytes_total", "")).isPositive();
        assertThat(agent.metric("tidepool_cache_bypass_changes_total", "")).isZero();
        assertThat(agent.client().status().getCache().getRoomBytes()).isBetween(5L * CHUNK, 10L * CHUNK);
        assertThat(agent.metric("tidepool_cache_room_bytes", "")).isBetween(5.0 * CHUNK, 10.0 * CHUNK);
        assertThat(agent.log())
                .contains("cache.capacity is 4GiB, but " + directory.resolve("cache") + " has room for only ")
                .doesNotContain("takes nothing more");
    }

    private static String key(int shard, int shards) {
        return "model-0000%d-of-0000%d.bin".formatted(shard, shards);
    }
}
