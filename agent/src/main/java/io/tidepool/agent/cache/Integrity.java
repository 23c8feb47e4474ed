package io.tidepool.agent.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.VersionId;
import io.tidepool.agent.disk.DiskTier;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.origin.Crc64;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the combined CRC64 of a version's chunks with the whole object's, when its last chunk has landed.
 *
 * <p>OSS gives no checksum of a range, so this is the first moment at which a wrong byte from the origin can be known. A
 * mismatch quarantines the version: its chunks are dropped, and no more of it is served. Thread-safe.
 */
public final class Integrity {
    private static final Logger log = LoggerFactory.getLogger(Integrity.class);
    /** A few words each: enough for every file of some thousand models. */
    private static final int REMEMBERED_VERSIONS = 100_000;

    private final DiskTier disk;
    private final Metrics metrics;
    private final Cache<VersionId, Boolean> compared =
            Caffeine.newBuilder().maximumSize(REMEMBERED_VERSIONS).build();
    private final Cache<VersionId, Long> expected =
            Caffeine.newBuilder().maximumSize(REMEMBERED_VERSIONS).build();

    public Integrity(DiskTier disk, Metrics metrics) {
        this.disk = disk;
        this.metrics = metrics;
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
                version + " is quarantined: its bytes don't match the origin's CRC64. Evict it to fetch it"
                        + " anew; if the origin's own bytes are wrong, upload other ones.");
    }

    /** To be called after each chunk that was stored; does nothing before the last one. */
    void checkIfComplete(ObjectVersion version) {
        Long whole = expected.getIfPresent(version.id());
        if (whole == null || !disk.isComplete(version)) {
            return;
        }
        long[] chunks = disk.chunkCrc64s(version);
        if (chunks == null) {
            return;
        }
        compared.put(version.id(), true);
        long combined = Crc64.ofChunks(chunks, version.sizeBytes());
        if (combined != whole) {
            log.error(
                    "{}: CRC64 of the {} chunks is {}, the origin says {}: quarantined. Run `tidepool evict`"
                            + " on it to fetch it anew.",
                    version,
                    chunks.length,
                    Long.toUnsignedString(combined),
                    Long.toUnsignedString(whole));
            metrics.increment(Metric.OBJECTS_QUARANTINED);
            disk.quarantine(version);
        }
    }
}
