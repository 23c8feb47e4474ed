package io.tidepool.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.aliyun.oss.common.auth.Credentials;
import com.aliyun.oss.common.auth.DefaultCredentials;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.FillTicket;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.Priority;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.emulator.AccessKey;
import io.tidepool.emulator.EmulatorOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Temporary keys that expire one after the other while reads go on. */
@Timeout(60)
class KeyRotationTest {
    private static final int KEYS = 8;
    private static final int READERS = 4;
    private static final Duration LIFE = Duration.ofMinutes(1);
    private final Instant start = Instant.now();

    /** Of the emulator: key n is good until n + 1 lives have passed. */
    private final AtomicInteger lives = new AtomicInteger();

    private OssFixture fixture;

    @BeforeEach
    void open() throws Exception {
        List<AccessKey> keys = new ArrayList<>(List.of(EmulatorOptions.DEFAULT_KEY));
        IntStream.range(0, KEYS).mapToObj(this::key).forEach(keys::add);
        fixture = new OssFixture(EmulatorOptions.defaults()
                .withAccessKeys(keys.toArray(AccessKey[]::new))
                .withClock(() -> Instant.now().plus(LIFE.multipliedBy(lives.get()))));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private AccessKey key(int n) {
        return new AccessKey("STS." + n, "secret-" + n, "token-" + n, start.plus(LIFE.multipliedBy(n + 1)));
    }

    @Test
    void keysThatRotateInTheirFileUnderLoadFailNoRead(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("key");
        write(file, 0);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicIntegerArray reads = new AtomicIntegerArray(READERS);
        try (OssOrigin oss = new OssOrigin("bucket", fixture.options(OssCredentials.file(file)));
                ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            OriginSource source = source(oss);
            ChunkId id = fixture.put("m", 200_000).chunk(0);
            List<Future<?>> loops = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                int reader = i;
                loops.add(readers.submit(() -> {
                    while (!stop.get()) {
                        fill(source, id);
                        reads.incrementAndGet(reader);
                    }
                    return reader;
                }));
            }
            for (int n = 1; n < KEYS; n++) {
                awaitTwoMoreOfEach(reads, loops);
                // As whoever renews a key does: the new one first. The old one expires a moment later.
                write(file, n);
                lives.incrementAndGet();
            }
            awaitTwoMoreOfEach(reads, loops);
            stop.set(true);
            for (Future<?> loop : loops) {
                loop.get();
            }
            write(file, 0);
            assertThat(catchThrowableOfType(ChunkException.class, () -> oss.head("m")))
                    .as("the first key has expired")
                    .hasMessageContaining("SecurityTokenExpired");
        }
    }

    @Test
    void aKeyThatItsSourceKeptForTooLongIsFetchedAnew() throws Exception {
        AtomicInteger kept = new AtomicInteger();
        OssCredentials role = new OssCredentials("a role", () -> credentials(kept.get()), kept::incrementAndGet);
        try (OssOrigin oss = new OssOrigin("bucket", fixture.options(role))) {
            OriginSource source = source(oss);
            ChunkId id = fixture.put("m", 200_000).chunk(0);
            fill(source, id);
            lives.incrementAndGet();
            fill(source, id);
            assertThat(kept).hasValue(1);
            assertThat(fixture.metrics.count(Metric.ORIGIN_RETRIES, "key_rotated"))
                    .isEqualTo(1);
            // The next one is no better, and its source is not asked all the time.
            lives.addAndGet(3);
            for (int i = 0; i < 5; i++) {
                ChunkException refused = catchThrowableOfType(ChunkException.class, () -> fill(source, id));
                assertThat(refused.kind()).isEqualTo(Kind.ACCESS_DENIED);
            }
            assertThat(kept).hasValueLessThanOrEqualTo(2);
        }
    }

    @Test
    void allThatAreRefusedTogetherLearnOfTheNewKey() throws Exception {
        AtomicInteger kept = new AtomicInteger();
        OssCredentials role = new OssCredentials("a role", () -> credentials(kept.get()), () -> {
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            kept.incrementAndGet();
        });
        CyclicBarrier refused = new CyclicBarrier(8);
        List<Future<Boolean>> rotated = new ArrayList<>();
        try (ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < refused.getParties(); i++) {
                rotated.add(requests.submit(() -> {
                    assertThat(role.provider().getCredentials()).isNotNull();
                    refused.await();
                    return role.hasRotated();
                }));
            }
        }
        for (Future<Boolean> each : rotated) {
            assertThat(each.get()).isTrue();
        }
        assertThat(kept).hasValue(1);
    }

    private Credentials credentials(int n) {
        AccessKey key = key(n);
        return new DefaultCredentials(key.id(), key.secret(), key.securityToken());
    }

    private void write(Path file, int n) throws Exception {
        AccessKey key = key(n);
        String lines = "OSS_ACCESS_KEY_ID=%s%nOSS_ACCESS_KEY_SECRET=%s%nOSS_SESSION_TOKEN=%s%n"
                .formatted(key.id(), key.secret(), key.securityToken());
        Path written = Files.writeString(file.resolveSibling("new"), lines);
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private OriginSource source(OssOrigin oss) {
        PacedOrigin paced =
                new PacedOrigin(new MeteredOrigin(oss, fixture.metrics), OriginLimits.of(8), fixture.metrics);
        return new OriginSource(Map.of("bucket", paced), OssFixture.PATIENCE, fixture.metrics);
    }

    /** So no request is older than one rotation, as none is where a key lives for an hour. */
    private static void awaitTwoMoreOfEach(AtomicIntegerArray reads, List<Future<?>> loops) throws Exception {
        for (int i = 0; i < reads.length(); i++) {
            int before = reads.get(i);
            while (reads.get(i) < before + 2 && !loops.get(i).isDone()) {
                Thread.sleep(5);
            }
        }
    }

    private static void fill(OriginSource source, ChunkId id) throws ChunkException, InterruptedException {
        LandingBuffer into = Buffers.of(id);
        source.fill(id, into, new FillTicket(Priority.DEMAND));
        assertThat(OssFixture.mismatch(id, into)).isEmpty();
    }
}
