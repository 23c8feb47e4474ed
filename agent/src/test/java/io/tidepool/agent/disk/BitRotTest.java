package io.tidepool.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.cache.ChunkCache;
import io.tidepool.agent.cache.ChunkLease;
import io.tidepool.agent.cache.Fills;
import io.tidepool.agent.cache.Integrity;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkSource;
import io.tidepool.agent.chunk.Deadline;
import io.tidepool.agent.chunk.FillTicket;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.agent.chunk.Reach;
import io.tidepool.agent.chunk.Tier;
import io.tidepool.agent.memory.LandingPool;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bits that flip and chunks that change places in the cache files: each is found at the next read that verifies, which is
 * the first after a power cut, or {@code verify}; every reader gets right bytes, and no bad chunk stays.
 */
class BitRotTest {
    private static final int SMALL = 36;

    @TempDir
    Path temp;

    private final Random random = new Random(20_261);
    private final Metrics metrics = new Metrics();
    private final Set<ChunkId> fetched = ConcurrentHashMap.newKeySet();
    private final List<ObjectVersion> versions = new ArrayList<>();
    private final ByteBuffer memory = ByteBuffer.allocateDirect(Oracle.CHUNK);
    private DiskTier disk;

    @Test
    @Timeout(120)
    void fiveHundredDamagedChunksAreFound() throws Exception {
        damageAndFind(500);
    }

    @Test
    @Tag("long")
    @Timeout(3000)
    void tenThousandDamagedChunksAreFound() throws Exception {
        damageAndFind(10_000);
    }

    private void damageAndFind(int atLeast) throws Exception {
        // Pairs of versions of one key and one size, so that each could stand in for the other, and files of many
        // chunks.
        for (int i = 0; i < SMALL / 2; i++) {
            long size = 1L + random.nextInt(1 << random.nextInt(12, 21));
            versions.add(Oracle.version("small" + i, 1, size));
            versions.add(Oracle.version("small" + i, 2, size));
        }
        versions.add(Oracle.version("large", 1, 3L * Oracle.CHUNK + 5));
        disk = Caches.open(temp.resolve("cache"), metrics, Caches.BOOT);
        versions.forEach(version -> Oracle.storeAll(disk, version));
        int damaged = 0;
        for (int round = 0; damaged < atLeast; round++) {
            // An agent that runs and is asked to verify, then one that starts after a power cut.
            boolean powerCut = round % 2 == 1;
            if (powerCut) {
                disk.close();
            }
            Set<ChunkId> bad = damageSome();
            damaged += bad.size();
            if (powerCut) {
                Files.writeString(temp.resolve("cache/STATE"), "format=1\nboot=another\nclean=false\n");
                disk = Caches.open(temp.resolve("cache"), metrics, Caches.BOOT);
            } else {
                verifyAll(bad);
            }
            readAll(bad, "round " + round);
            assertThat(metrics.count(Metric.CHUNKS_CORRUPT, "disk"))
                    .as("found until round %s", round)
                    .isEqualTo(damaged);
        }
        verifyAll(Set.of());
        disk.close();
    }

    private void verifyAll(Set<ChunkId> bad) throws InterruptedException {
        Set<ChunkId> found = new HashSet<>();
        for (ObjectVersion version : versions) {
            disk.verify(version, bytes -> {}).droppedChunks().forEach(i -> found.add(version.chunk(i)));
        }
        assertThat(found).isEqualTo(bad);
    }

    /** Reads all there is as a reader does; what was bad, and nothing else, is fetched and kept again. */
    private void readAll(Set<ChunkId> bad, String when) throws Exception {
        fetched.clear();
        LandingPool pool = new LandingPool(4L * Oracle.CHUNK, metrics);
        List<ChunkSource> sources = List.of(disk, new Origin());
        try (Fills fills = new Fills(pool, disk, sources, new Integrity(disk, metrics), metrics)) {
            ChunkCache cache = new ChunkCache(disk, fills);
            for (ObjectVersion version : versions) {
                for (int i = 0; i < version.chunkCount(); i++) {
                    ChunkId id = version.chunk(i);
                    try (ChunkLease lease = cache.acquire(id, Reach.ORIGIN, Priority.DEMAND)) {
                        memory.clear().limit(id.length());
                        lease.read(0, memory, Deadline.after(Duration.ofSeconds(30)));
                        assertThat(Oracle.mismatch(id, 0, memory.flip()))
                                .as(when)
                                .isEmpty();
                    }
                    var fill = cache.prefetch(id);
                    if (fill != null) {
                        assertThat(fill.get().kept()).isTrue();
                    }
                    Oracle.assertCached(disk, id);
                }
            }
        }
        assertThat(fetched).as("fetched again in %s", when).isEqualTo(bad);
    }

    private final class Origin implements ChunkSource {
        @Override
        public Tier tier() {
            return Tier.ORIGIN;
        }

        @Override
        public boolean fill(ChunkId id, LandingBuffer into, FillTicket ticket) {
            fetched.add(id);
            ByteBuffer bytes = Oracle.chunk(id).landed();
            bytes.position(into.watermark());
            into.writable().put(bytes);
            into.advance(id.length() - into.watermark());
            return true;
        }
    }

    // ---- damage

    private Set<ChunkId> damageSome() throws Exception {
        Set<ChunkId> bad = new HashSet<>();
        for (int i = 0; i < SMALL; i += 2) {
            ChunkId one = versions.get(i).chunk(0);
            ChunkId two = versions.get(i + 1).chunk(0);
            switch (random.nextInt(5)) {
                case 0 -> flip(one, bad);
                case 1 -> zero(two, bad);
                case 2 -> copy(one, two, bad);
                case 3 -> swap(one, two, bad);
                default -> {
                    flip(one, bad);
                    flip(two, bad);
                }
            }
        }
        ObjectVersion large = versions.getLast();
        List<Integer> chunks = new ArrayList<>(List.of(0, 1, 2));
        Collections.shuffle(chunks, random);
        swap(large.chunk(chunks.get(0)), large.chunk(chunks.get(1)), bad);
        flip(random.nextBoolean() ? large.chunk(chunks.get(2)) : large.chunk(3), bad);
        return bad;
    }

    private void flip(ChunkId id, Set<ChunkId> bad) throws Exception {
        byte[] bytes = bytes(id);
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        write(id, bytes, bad);
    }

    private void zero(ChunkId id, Set<ChunkId> bad) throws Exception {
        byte[] bytes = bytes(id);
        int from = random.nextInt(bytes.length) / 4096 * 4096;
        for (int i = from; i < bytes.length; i++) {
            bytes[i] = 0;
        }
        write(id, bytes, bad);
    }

    /** An older version's bytes, as a lost write leaves them. */
    private void copy(ChunkId from, ChunkId to, Set<ChunkId> bad) throws Exception {
        write(to, bytes(from), bad);
    }

    private void swap(ChunkId one, ChunkId two, Set<ChunkId> bad) throws Exception {
        byte[] first = bytes(one);
        write(one, bytes(two), bad);
        write(two, first, bad);
    }

    private byte[] bytes(ChunkId id) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(id.length());
        try (FileChannel file = FileChannel.open(disk.path(id.version()), StandardOpenOption.READ)) {
            file.read(bytes, id.offset());
        }
        return bytes.array();
    }

    /** One byte of a one-byte chunk may be what it was. */
    private void write(ChunkId id, byte[] bytes, Set<ChunkId> bad) throws Exception {
        try (FileChannel file = FileChannel.open(disk.path(id.version()), StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(bytes), id.offset());
        }
        if (Oracle.mismatch(id, 0, ByteBuffer.wrap(bytes)).isPresent()) {
            bad.add(id);
        }
    }
}
