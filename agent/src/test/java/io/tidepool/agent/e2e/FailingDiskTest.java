package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.disk.FaultyFileSystem;
import io.tidepool.agent.disk.FaultyFileSystem.Call;
import io.tidepool.agent.disk.FaultyFileSystem.Op;
import io.tidepool.proto.v1.CacheStatus;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Readers of the mount never notice that the disk under the cache fails, and the cache is used again when it heals. */
final class FailingDiskTest extends EndToEndTest {
    private static final String CACHED = "on-a-good-disk.bin";
    private static final String MEANWHILE = "on-a-bad-disk.bin";
    private static final String LATER = "after-it-healed.bin";
    private static final long SIZE = 40L * MIB + 321;
    private static final int ENOSPC = 28;
    private static final int EROFS = 30;
    private static final int EIO = 5;
    private static final Duration READER = Duration.ofSeconds(60);

    /** What the disk does, from the middle of a load on. */
    enum Trouble {
        FULL(ENOSPC, "No space left", call -> call.op() == Op.WRITE),
        READ_ONLY(EROFS, "Read-only", call -> call.op() == Op.WRITE || call.op() == Op.SYNC),
        NOT_READABLE(EIO, "Input/output", call -> call.op() == Op.READ && call.isChunk()),
        DEAD(EIO, "Input/output", call -> true);

        private final int errno;
        private final String says;

        @SuppressWarnings("ImmutableEnumChecker") // lambdas without state
        private final Predicate<Call> calls;

        Trouble(int errno, String says, Predicate<Call> calls) {
            this.errno = errno;
            this.says = says;
            this.calls = calls;
        }
    }

    @ParameterizedTest
    @EnumSource
    void readsAreRightThroughoutAndTheCacheComesBack(Trouble trouble) throws Exception {
        for (String key : List.of(CACHED, MEANWHILE, LATER)) {
            emulator.bucket().putSynthetic(key, SIZE);
        }
        FaultyFileSystem disk = ended(FaultyFileSystem.mount(directory.resolve("backing"), directory.resolve("cache")));
        Agent agent = start(setup());
        assertReadsOverGrpc(agent, CACHED, SIZE);

        disk.fail(trouble.errno, trouble.calls);
        assertReadsOverGrpc(agent, CACHED, SIZE);
        try (Child reader =
                Child.reader("pread", agent.at("/m/" + MEANWHILE), MEANWHILE, 1, BlockOrder.RANDOM, 700_000)) {
            assertThat(reader.result(READER)).isEqualTo("ok " + SIZE);
        }
        assertReadsOverGrpc(agent, MEANWHILE, SIZE);
        assertThat(bypass(agent)).contains(trouble.says);
        assertThat(agent.metric("tidepool_cache_bypass_changes_total", "bypassed"))
                .isPositive();
        assertThat(agent.metric("tidepool_cache_bypassed_bytes_total", "")).isPositive();
        assertThat(disk.fired()).isGreaterThanOrEqualTo(3);

        disk.heal();
        Eventually.within(Duration.ofSeconds(60), "the cache takes a file again", () -> {
            assertReadsOverGrpc(agent, LATER, SIZE);
            return agent.cachedBytes("/m/" + LATER) == SIZE && bypass(agent).isEmpty();
        });
        long sent = emulator.count(LATER).bytesSent();
        assertReadsOverGrpc(agent, LATER, SIZE);
        assertThat(emulator.count(LATER).bytesSent()).isEqualTo(sent);
    }

    private static String bypass(Agent agent) throws Exception {
        CacheStatus cache = agent.client().status().getCache();
        return cache.getStoreBypass() + cache.getReadBypass();
    }
}
