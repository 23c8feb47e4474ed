package io.tidepool.bench.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.bench.index.IndexLayoutBenchmark.Opening;
import io.tidepool.bench.index.IndexLayoutBenchmark.Outcome;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every layout gives right bytes back (the benchmark checks some), gives up what it forgets, and leaves nothing. */
class IndexLayoutBenchmarkTest {
    private static final long SIZE = 64 << 20;

    @TempDir
    Path temp;

    @Test
    void allLayoutsRunToTheEnd() throws Exception {
        List<Opening> layouts = List.of(
                FileLayout::new, path -> new BlobLayout(path, 1 << 20), path -> new BlobLayout(path, 128 << 10));
        for (Opening opening : layouts) {
            Path place = temp.resolve("layout");
            Outcome outcome = new IndexLayoutBenchmark(place, SIZE).run(opening);
            assertThat(outcome.storedBytes()).isEqualTo(SIZE);
            assertThat(outcome.smallReads().bytesPerSecond()).isPositive();
            assertThat(outcome.takenAfterBytes()).isBetween(SIZE / 2, SIZE);
            assertThat(place).doesNotExist();
        }
    }
}
