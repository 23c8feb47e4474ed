package io.tidepool.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidepool.emulator.shape.Shape;
import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The origin goes away and comes back. */
@Timeout(30)
class SwitchOffTest {

    private OssEmulator emulator;

    @BeforeEach
    void start() throws IOException {
        emulator = new OssEmulator(EmulatorOptions.defaults().withoutSignatures());
        emulator.bucket().putSynthetic("k", 50_000_000);
    }

    @AfterEach
    void stop() {
        emulator.close();
    }

    @Test
    void offRefusesAndOnServesOnTheSamePort() throws Exception {
        int port = emulator.endpoint().getPort();
        for (int i = 0; i < 3; i++) {
            emulator.switchOff();
            emulator.switchOff();
            assertThatThrownBy(() -> RawHttp.get(emulator, "k", 500)).isInstanceOf(ConnectException.class);
            emulator.switchOn();
            emulator.switchOn();
            assertThat(emulator.endpoint().getPort()).isEqualTo(port);
            assertThat(TestClients.get(emulator, "k", "Range", "bytes=0-9").body())
                    .hasSize(10);
        }
    }

    @Test
    void offResetsBodiesUnderWay() throws Exception {
        emulator.shape(Shape.UNLIMITED.withBytesPerSecond(5_000_000));
        try (ExecutorService reader = Executors.newSingleThreadExecutor()) {
            Future<RawHttp> reply = reader.submit(() -> RawHttp.get(emulator, "k", 5000));
            while (emulator.count("k").bytesSent() == 0) {
                Thread.sleep(10);
            }
            emulator.switchOff();
            assertThat(reply.get().end()).isEqualTo(RawHttp.End.RESET);
        }
    }

    @Test
    void pausedItAcceptsNobody() throws Exception {
        emulator.pauseAccepting();
        // The accept that was already under way may still be served; the next cannot.
        RawHttp.get(emulator, "k", 200, "Range: bytes=0-9", "Connection: close");
        RawHttp silent = RawHttp.get(emulator, "k", 300, "Range: bytes=0-9", "Connection: close");
        assertThat(silent.end()).isEqualTo(RawHttp.End.SILENT);
        assertThat(silent.head()).isEmpty();
        emulator.resumeAccepting();
        assertThat(RawHttp.get(emulator, "k", 5000, "Range: bytes=0-9", "Connection: close")
                        .body())
                .hasSize(10);
    }
}
