package io.tidepool.agent.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.ObjectVersion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamQueueTest {
    private final StreamQueue queue = new StreamQueue();

    private static ObjectVersion file(String key, int chunks) {
        return new ObjectVersion("o", key, "e", (long) chunks * ChunkLayout.CHUNK_BYTES);
    }

    private List<String> drain() {
        List<String> chunks = new ArrayList<>();
        for (ChunkId chunk = queue.next(); chunk != null; chunk = queue.next()) {
            chunks.add(chunk.version().key() + chunk.index());
        }
        return chunks;
    }

    @Test
    void eachFileFromItsReaderToTheEndThenFromTheBeginning() {
        queue.addFirst(file("a", 4), 2);
        queue.addLast(file("b", 2));
        assertThat(drain()).containsExactly("a2", "a3", "a0", "a1", "b0", "b1");
    }

    @Test
    void aFileWhoseReaderComesLaterGoesFirst() {
        queue.addFirst(file("a", 2), 0);
        assertThat(queue.next()).isEqualTo(file("a", 2).chunk(0));
        queue.addFirst(file("b", 2), 1);
        assertThat(drain()).containsExactly("b1", "b0", "a1");
    }

    @Test
    void noChunkTwiceAndNoneOfAnEmptyFile() {
        queue.addFirst(file("a", 2), 0);
        queue.addFirst(file("a", 2), 1);
        queue.addLast(file("a", 2));
        queue.addLast(file("empty", 0));
        assertThat(drain()).containsExactly("a0", "a1");
    }
}
