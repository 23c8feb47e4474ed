package io.tidepool.agent.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkLayoutTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "1, 1, 1",
        "8388607, 1, 8388607",
        "8388608, 1, 8388608",
        "8388609, 2, 1",
        "3221225472, 384, 8388608",
        "800000000000, 95368, 3620864"
    })
    void countsChunksAndTheLengthOfTheLast(long sizeBytes, int chunks, int lastLength) {
        assertThat(ChunkLayout.chunkCount(sizeBytes)).isEqualTo(chunks);
        if (chunks > 0) {
            assertThat(ChunkLayout.chunkLength(sizeBytes, chunks - 1)).isEqualTo(lastLength);
        }
        assertThatThrownBy(() -> ChunkLayout.chunkLength(sizeBytes, chunks))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void everyByteLiesInTheChunkThatItsOffsetSays() {
        long offset = 5_000_000_000L;
        int index = ChunkLayout.chunkIndex(offset);
        assertThat(ChunkLayout.chunkOffset(index) + ChunkLayout.offsetInChunk(offset))
                .isEqualTo(offset);
    }

    @Test
    void versionsDifferInEachOfTheirFields() {
        ObjectVersion version = new ObjectVersion("o", "k", "e", 5);
        assertThat(version).isEqualTo(new ObjectVersion("o", "k", "e", 5));
        assertThat(version.id().hex()).hasSize(32);
        assertThat(new ObjectVersion("ok", "", "e", 5)).isNotEqualTo(version);
        assertThat(new ObjectVersion("o", "ke", "", 5)).isNotEqualTo(version);
        assertThat(new ObjectVersion("o", "k", "f", 5)).isNotEqualTo(version);
        assertThat(new ObjectVersion("o", "k", "e", 6)).isNotEqualTo(version);
    }
}
