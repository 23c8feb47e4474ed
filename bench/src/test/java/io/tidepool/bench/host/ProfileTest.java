package io.tidepool.bench.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.zip.CRC32C;
import jdk.jfr.Recording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A recording is read as what happened: this test burns the time and the memory that it then looks for. */
@Timeout(30)
final class ProfileTest {
    @TempDir
    Path directory;

    @Test
    void namesWhoTookTimeAndMemory() throws Exception {
        Path file = directory.resolve("test.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("jdk.CPUTimeSample").with("throttle", "1ms");
            recording.enable("jdk.ObjectAllocationSample").with("throttle", "1000/s");
            recording.start();
            burn();
            recording.stop();
            recording.dump(file);
        }
        assertThat(Profile.read(file).describe("a test", 1 << 30, 0.5))
                .contains("1.0 GiB in 0.5 s", "ProfileTest.burn", "byte[]");
    }

    private static void burn() {
        CRC32C crc = new CRC32C();
        long end = System.nanoTime() + 300_000_000;
        while (System.nanoTime() < end) {
            crc.update(new byte[1 << 16]);
        }
        assertThat(crc.getValue()).isNotNegative();
    }
}
