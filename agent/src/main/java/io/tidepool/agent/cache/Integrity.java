package io.tidepool.agent.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.VersionId;
import io.tidepool.agent.disk.DiskTier;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.origin.Crc64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the combined CRC64 of a version's chunks with the whole object's, when its last chunk has landed.
 *
 * <p>OSS gives no checksum of a range, so this is the first moment at which a wrong byte from the origin can be known: of an
 * object of one chunk before anybody reads it ({@link #canCheckAlone}), of larger ones when they are complete. At the first
 * mismatch the chunks are dropped, to be fetched anew; a second one in a row quarantines the version, and no more of it is
 * served. Thread-safe.
 */
public final class Integrity {
    private static final Logger log = LoggerFactory.getLogger(Integrity.class);
    /** A few words each: enough for every file of some thousand models. */
    private static final int REMEMBERED_VERSIONS = 100_000;

    private final DiskTier disk;
    private final Metrics metrics;
    private final Cache<VersionId, Boolean> compared =
            Caffeine.newBuilder().maximumSize(REMEMBERED_VERSIONS).build();
    /** Those that mismatched when they were compared last. */
    private final Cache<VersionId, Boolean> suspects =
            Caffeine.newBuilder().maximumSize(REMEMBERED_VERSIONS).build();

    private final Cache<VersionId, Long> expected =
            Caffeine.newBuilder().maximumSize(REMEMBERED_VERSIONS).build();

    private final List<Consumer<ObjectVersion>> listeners = new CopyOnWriteArrayList<>();

    public Integrity(DiskTier disk, Metrics metrics) {
        this.disk = disk;
        this.metrics = metrics;
    }

    /** {@code listener} hears of each version whose bytes, some of which readers may have, are wrong; it must not block. */
    public void onMismatch(Consumer<ObjectVersion> listener) {
        listeners.add(listener);
    }

    /**
     * Remembers what the origin says the whole object's CRC64 is, if it says so; and compares it with a version that was
     * complete before anybody knew it.
     */
    public void expect(ObjectInfo info) {
        info.crc64().ifPresent(crc64 -> expected.put(info.version().id(), crc64));
        if (compared.getIfPresent(info.version().id()) == null) {
            checkIfComplete(info.version());
        }
    }

    /**
     * Lets a version pass that may be served.
     *
     * @throws ChunkException CORRUPT if it is quarantined
     */
    public void refuseQuarantined(ObjectVersion version) throws ChunkException {
        if (disk.isQuarantined(version)) {
            throw quarantined(version);
        }
    }

    static ChunkException quarantined(ObjectVersion version) {
        return new ChunkException(
                Kind.CORRUPT,
                version + " is quarantined: its bytes twice didn't match the origin's CRC64. Evict it to fetch it"
                        + " anew; if the origin's own bytes are wrong, upload other ones.");
    }

    /** Whether the chunk is a whole object whose CRC64 is known. */
    boolean canCheckAlone(ChunkId id) {
        return id.version().chunkCount() == 1
                && expected.getIfPresent(id.version().id()) != null;
    }

    /** Of a chunk that {@link #canCheckAlone}: whether it is the origin's. One that came from disk was checked there. */
    boolean isRight(ChunkId id, LandingBuffer full) {
        Long whole = expected.getIfPresent(id.version().id());
        boolean right = whole == null || !full.hasCrc64() || full.crc64() == whole;
        if (right) {
            suspects.invalidate(id.version().id());
        }
        return right;
    }

    /** To be called after each chunk that was stored; does nothing before the last one. */
    void checkIfComplete(ObjectVersion version) {
        if (isWrong(version)) {
            // Once more and alone: whoever else found it has dropped the chunks by now.
            synchronized (this) {
                if (isWrong(version)) {
                    mismatched(version);
                }
            }
        }
    }

    /** Whether the version is complete and is not what the origin says. */
    private boolean isWrong(ObjectVersion version) {
        Long whole = expected.getIfPresent(version.id());
        if (whole == null || !disk.isComplete(version)) {
            return false;
        }
        long[] chunks = disk.chunkCrc64s(version);
        if (chunks == null) {
            return false;
        }
        compared.put(version.id(), true);
        if (Crc64.ofChunks(chunks, version.sizeBytes()) == whole) {
            suspects.invalidate(version.id());
            return false;
        }
        return true;
    }

    /** The version's bytes were not those of its checksum: forgets them, and after the second time in a row gives up. */
    void mismatched(ObjectVersion version) {
        drop(version);
        listeners.forEach(listener -> listener.accept(version));
    }

    private void drop(ObjectVersion version) {
        metrics.increment(Metric.OBJECTS_MISMATCHED);
        if (suspects.asMap().putIfAbsent(version.id(), true) == null) {
            log.warn("{}: the chunks' CRC64 is not the origin's; dropped, to be fetched anew", version);
            disk.dropWrong(version);
            return;
        }
        log.error(
                "{}: fetched anew, and again the chunks' CRC64 is not the origin's: quarantined. Run `tidepool evict` on it"
                        + " to try again.",
                version);
        suspects.invalidate(version.id());
        metrics.increment(Metric.OBJECTS_QUARANTINED);
        disk.quarantine(version);
    }
}
