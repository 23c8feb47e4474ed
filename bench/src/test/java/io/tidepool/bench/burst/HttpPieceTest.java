package io.tidepool.bench.burst;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.tidepool.emulator.SyntheticBytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A file server that says nothing any more in the middle of an answer. */
@Timeout(60)
class HttpPieceTest {
    private static final int OFFSET = 1000;
    private static final int LENGTH = 3_000_000;
    private static final int FIRST = 2_000_000;

    private final List<String> ranges = new CopyOnWriteArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/stalls", exchange -> {
            String range = exchange.getRequestHeaders().getFirst("Range");
            ranges.add(range);
            int from = Integer.parseInt(range.substring("bytes=".length(), range.indexOf('-')));
            byte[] bytes = SyntheticBytes.range("file", 1, from, OFFSET + LENGTH - from);
            exchange.sendResponseHeaders(206, bytes.length);
            exchange.getResponseBody().write(bytes, 0, from == OFFSET ? FIRST : bytes.length);
            exchange.getResponseBody().flush();
            if (from == OFFSET) {
                try {
                    over.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void end() {
        over.countDown();
        server.stop(0);
        threads.close();
    }

    private Piece piece(String path) {
        return new Piece("http://127.0.0.1:" + server.getAddress().getPort() + path, OFFSET, LENGTH);
    }

    @Test
    void asksForTheRest() throws Exception {
        CRC32 right = new CRC32();
        right.update(SyntheticBytes.range("file", 1, OFFSET, LENGTH));
        try (PieceReader reader = new PieceReader(null)) {
            assertThat(reader.read(piece("/stalls"))).isEqualTo(right.getValue());
        }
        assertThat(ranges).containsExactly("bytes=1000-3000999", "bytes=2001000-3000999");
    }

    @Test
    void whatIsNotThereIsAnError() throws Exception {
        try (PieceReader reader = new PieceReader(null)) {
            assertThatThrownBy(() -> reader.read(piece("/none"))).hasMessageContaining("404");
        }
    }
}
