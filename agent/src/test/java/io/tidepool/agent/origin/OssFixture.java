package io.tidepool.agent.origin;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.FillTicket;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.emulator.EmulatorOptions;
import io.tidepool.emulator.OssEmulator;
import io.tidepool.emulator.SyntheticBytes;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** An emulated bucket, and an origin over it that loses patience in seconds. */
final class OssFixture implements AutoCloseable {
    static final Duration STALL = Duration.ofMillis(800);
    static final Duration PATIENCE = Duration.ofSeconds(3);

    final OssEmulator emulator;
    final Metrics metrics = new Metrics();
    final OssOrigin oss;

    /** With the default timeouts, for what is not the test: a first HEAD sums a synthetic object's CRC64. */
    final OssOrigin patient;

    /** Not hedged, so that tests may count requests. */
    final PacedOrigin origin;

    final OriginSource source;

    OssFixture() throws IOException {
        this(EmulatorOptions.defaults());
    }

    OssFixture(EmulatorOptions options) throws IOException {
        emulator = new OssEmulator(options);
        patient = new OssOrigin("bucket", options(key()));
        warmUp();
        oss = new OssOrigin("bucket", options(key()).withTimeouts(Duration.ofSeconds(2), STALL));
        origin = new PacedOrigin(new MeteredOrigin(oss, metrics), OriginLimits.of(8), metrics);
        source = new OriginSource(Map.of("bucket", origin), PATIENCE, metrics);
    }

    /** The first request of a JVM loads a thousand classes, which on a busy machine looks like a stall. */
    private void warmUp() {
        try {
            patient.head("nothing");
        } catch (ChunkException | InterruptedException e) {
            throw new AssertionError(e);
        }
        emulator.counters().reset();
    }

    static OssCredentials key() {
        return OssCredentials.fixed(EmulatorOptions.DEFAULT_KEY.id(), EmulatorOptions.DEFAULT_KEY.secret(), null);
    }

    /** With the default timeouts. */
    OssOptions options(OssCredentials credentials) {
        return OssOptions.of(
                emulator.endpoint().toString(),
                EmulatorOptions.DEFAULT_REGION,
                EmulatorOptions.DEFAULT_BUCKET,
                credentials);
    }

    /** Makes a synthetic object and tells its version. */
    ObjectVersion put(String key, long sizeBytes) throws ChunkException, InterruptedException {
        emulator.bucket().putSynthetic(key, sizeBytes);
        return head(key).version();
    }

    ObjectInfo head(String key) throws ChunkException, InterruptedException {
        ObjectInfo info = patient.head(key);
        if (info == null) {
            throw new AssertionError("no object " + key);
        }
        return info;
    }

    void fill(ChunkId id, LandingBuffer into) throws ChunkException, InterruptedException {
        source.fill(id, into, new FillTicket(Priority.DEMAND));
    }

    /** What is wrong with the bytes that landed: empty if each is the first version's. */
    static Optional<String> mismatch(ChunkId id, LandingBuffer landed) {
        return SyntheticBytes.check(id.version().key(), 1, id.offset(), landed.landed());
    }

    @Override
    public void close() {
        origin.close();
        patient.close();
        emulator.close();
    }
}
