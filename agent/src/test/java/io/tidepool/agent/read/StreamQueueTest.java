package io.tidepool.agent.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.peer.tracker.CellView;
import io.tidepool.agent.peer.tracker.FetchOrder;
import io.tidepool.agent.peer.tracker.PeerHost;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StreamQueueTest {
    private final StreamQueue queue = new StreamQueue(StreamOrder.FROM_READER);

    private static ObjectVersion file(String key, int chunks) {
        return new ObjectVersion("o", key, "e", (long) chunks * ChunkLayout.CHUNK_BYTES);
    }

    private List<String> drain() {
        return drain(queue);
    }

    private static List<String> drain(StreamQueue queue) {
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

    @Test
    void aHostOfACellHasItsOwnOrderButBringsFirstWhatItsReaderWaitsFor() {
        PeerHost self = host("a/1");
        CellView view = new CellView(self, List.of(self, host("b/1")));
        ObjectVersion file = file("f", 8);
        FetchOrder order = FetchOrder.of(view, file.id(), 8);
        StreamQueue rotated = new StreamQueue(version -> Optional.of(order));
        rotated.addFirst(file, 3);
        List<String> expected = new ArrayList<>(List.of("f3", "f4"));
        IntStream.range(0, 8).forEach(i -> expected.add("f" + order.chunk(i)));
        assertThat(drain(rotated)).isEqualTo(expected);
    }

    private static PeerHost host(String id) {
        InetSocketAddress nowhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        return new PeerHost(id, "", nowhere, nowhere);
    }
}
