package io.tidepool.agent.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.read.OpenFile;
import io.tidepool.emulator.SyntheticBytes;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a handle answers when it is asked once more for what it has just failed to read, as the kernel asks. */
@Timeout(60)
class FailedReadTest {
    private static final int SIZE = 100_000;

    private TestAgent agent;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        agent = new TestAgent(directory);
        agent.put("f", 1, SIZE);
    }

    @AfterEach
    void stop() {
        agent.close();
    }

    @Test
    void aReadThatWaitedForItsWholeDeadlineFailsAlikeAtOnceAndIsCounted() throws Exception {
        agent.allowChunks(0);
        try (OpenFile file = agent.open("/m/f")) {
            assertThat(failure(file)).isEqualTo(Kind.DEADLINE);
            assertThat(failure(file)).isEqualTo(Kind.DEADLINE);
            assertThat(agent.metrics.count(Metric.READ_REQUESTS, "fuse", "deadline"))
                    .isEqualTo(2);
        }
    }

    @Test
    void aReadThatJoinedAFillBeforeItsEndFetchesAnewInTheTimeThatItHasLeft() throws Exception {
        agent.failReads(Kind.UNAVAILABLE);
        try (OpenFile first = agent.open("/m/f");
                OpenFile second = agent.open("/m/f")) {
            CompletableFuture<Kind> early = CompletableFuture.supplyAsync(() -> failure(first));
            Thread.sleep(1200);
            ByteBuffer bytes = ByteBuffer.allocate(SIZE);
            CompletableFuture<Integer> late = CompletableFuture.supplyAsync(() -> {
                try {
                    return second.read(0, bytes);
                } catch (ChunkException | InterruptedException e) {
                    throw new CompletionException(e);
                }
            });
            assertThat(early.join()).isEqualTo(Kind.UNAVAILABLE);
            agent.failReads(null);
            assertThat(late.join()).isEqualTo(SIZE);
            assertThat(SyntheticBytes.check("f", 1, 0, bytes.flip())).isEmpty();
        }
    }

    private static Kind failure(OpenFile file) {
        return catchThrowableOfType(ChunkException.class, () -> file.read(0, ByteBuffer.allocate(SIZE)))
                .kind();
    }
}
