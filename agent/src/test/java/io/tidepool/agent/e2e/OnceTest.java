package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.emulator.count.KeyCount;
import io.tidepool.emulator.store.Crc64Sums;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many processes that read one cold file at the same time cost the origin exactly its size. */
final class OnceTest extends EndToEndTest {
    private static final String KEY = "weights.bin";
    private static final long SIZE = 1L << 30;

    @Test
    void eightProcessesInDifferentOrdersCostTheOriginTheFileOnce() throws Exception {
        putFile();
        Agent agent = start(setup());
        List<Child> readers = new ArrayList<>();
        for (BlockOrder order : List.of(
                BlockOrder.SEQUENTIAL,
                BlockOrder.REVERSE,
                BlockOrder.STRIDED,
                BlockOrder.RANDOM,
                BlockOrder.SEQUENTIAL,
                BlockOrder.REVERSE,
                BlockOrder.FROM_MIDDLE,
                BlockOrder.RANDOM_TOO)) {
            readers.add(mountReader(agent, order));
        }
        assertReadOnce(readers);
        assertThat(agent.cachedBytes("/m/" + KEY)).isEqualTo(SIZE);
    }

    @Test
    void fourProcessesOnTheMountAndFourOnGrpcCostTheOriginTheFileOnce() throws Exception {
        putFile();
        // With read-ahead of the whole file besides.
        AgentSetup setup = new AgentSetup(directory).bucket(emulator).show("m", "oss", "", "model");
        Agent agent = start(setup);
        List<Child> readers = new ArrayList<>();
        int blockBytes = 0;
        for (BlockOrder order :
                List.of(BlockOrder.SEQUENTIAL, BlockOrder.REVERSE, BlockOrder.STRIDED, BlockOrder.RANDOM)) {
            readers.add(mountReader(agent, order));
            blockBytes += MIB;
            readers.add(ended(Child.reader("grpc", setup.socket(), "/m/" + KEY, KEY, 1, order.name(), blockBytes)));
        }
        assertReadOnce(readers);
        assertThat(agent.cachedBytes("/m/" + KEY)).isEqualTo(SIZE);
    }

    /** Whole, with its checksum: computing that takes long on a busy machine, and nobody waits for it here. */
    private void putFile() {
        Crc64Sums.of(emulator.bucket().putSynthetic(KEY, SIZE)).join();
    }

    private Child mountReader(Agent agent, BlockOrder order) throws Exception {
        Path path = agent.at("/m/" + KEY);
        // Not a divisor of the chunk's size: blocks lie across borders.
        return ended(Child.reader("pread", path, KEY, 1, order.name(), 768 << 10));
    }

    private void assertReadOnce(List<Child> readers) throws Exception {
        for (Child reader : readers) {
            assertThat(reader.result(Duration.ofMinutes(3))).isEqualTo("ok " + SIZE);
        }
        KeyCount count = emulator.count(KEY);
        assertThat(count.bytesSent()).isEqualTo(SIZE);
        assertThat(count.distinctBytes()).isEqualTo(SIZE);
        assertThat(count.requests("GET")).isEqualTo(SIZE / CHUNK);
    }
}
