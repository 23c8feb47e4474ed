package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.emulator.SyntheticBytes;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An object that is replaced while it is read: no mixed bytes, a new inode for a new version, within a second. */
final class ReplacedObjectTest extends EndToEndTest {
    private static final String KEY = "replaced.safetensors";
    private static final long SIZE = 2 * CHUNK + 12_345;
    private static final int ESTALE = 116;

    @Test
    void noReadOfTwentyThousandMixesVersions() throws Exception {
        emulator.bucket().putSynthetic(KEY, SIZE);
        AgentSetup setup = new AgentSetup(directory).bucket(emulator).show("m", "oss", "", "model");
        Agent agent = start(setup);
        Path file = agent.at("/m/" + KEY);
        List<Child> readers = List.of(
                ended(Child.reader("replaced", "pread", setup.socket(), file, KEY, 8_000)),
                ended(Child.reader("replaced", "pread", setup.socket(), file, KEY, 4_000)),
                ended(Child.reader("replaced", "mmap", setup.socket(), file, KEY, 8_000)),
                ended(Child.reader("replaced", "grpc", setup.socket(), "/m/" + KEY, KEY, 400)));
        int replaced = 0;
        while (readers.stream().anyMatch(Child::isAlive) && replaced < 300) {
            Thread.sleep(250);
            emulator.bucket().nextVersion(KEY);
            replaced++;
        }
        for (Child reader : readers) {
            String written = reader.result(Duration.ofSeconds(60));
            assertThat(written).startsWith("ok reads=");
            System.err.println(KEY + ": " + written + " of " + replaced);
        }
        assertThat(replaced).as("the object was replaced while it was read").isGreaterThan(5);
    }

    @Test
    void aReopenSeesTheNewVersionWithinASecondUnderANewInode() throws Exception {
        emulator.bucket().putSynthetic(KEY, SIZE);
        Agent agent = start(setup());
        Path file = agent.at("/m/" + KEY);
        for (long version = 1; version <= 5; version++) {
            int old = Posix.open(file);
            assertThat(versionRead(old, 0)).isEqualTo(version);
            long oldInode = Posix.fstat(old).ino();
            emulator.bucket().nextVersion(KEY);
            long start = System.nanoTime();
            long next = version + 1;
            // 1 s is promised; the rest is for a busy machine.
            Eventually.within(Duration.ofSeconds(4), "version " + next + " shows", () -> {
                int fd = Posix.open(file);
                try {
                    long shown = versionRead(fd, CHUNK);
                    if (shown != next) {
                        return false;
                    }
                    assertThat(Posix.fstat(fd).ino()).isNotEqualTo(oldInode);
                    assertThat(Posix.stat(file).ino()).isNotEqualTo(oldInode);
                    return true;
                } catch (ErrnoException e) {
                    // The old version, of which this chunk was not cached.
                    assertThat(e.errno()).isEqualTo(ESTALE);
                    return false;
                } finally {
                    Posix.close(fd);
                }
            });
            System.err.printf("version %d seen after %d ms%n", next, (System.nanoTime() - start) / 1_000_000);
            // The old handle: its bytes, cached, or ESTALE; never the new ones.
            assertThat(versionRead(old, 4096)).isEqualTo(version);
            assertThat(Posix.errnoOf(() -> versionRead(old, 2 * CHUNK))).isEqualTo(ESTALE);
            Posix.close(old);
        }
    }

    @Test
    void aDeletedObjectLeavesOldHandlesTheirCachedBytes() throws Exception {
        emulator.bucket().putSynthetic(KEY, SIZE);
        Agent agent = start(setup());
        Path file = agent.at("/m/" + KEY);
        int fd = Posix.open(file);
        assertThat(versionRead(fd, 0)).isEqualTo(1);
        assertThat(emulator.bucket().delete(KEY)).isTrue();
        assertThat(Posix.errnoOf(() -> versionRead(fd, 2 * CHUNK))).isEqualTo(ESTALE);
        assertThat(versionRead(fd, 0)).isEqualTo(1);
        Eventually.within(
                Duration.ofSeconds(4),
                "the name is gone",
                () -> Posix.errnoOf(() -> Posix.close(Posix.open(file))) == 2);
        Posix.close(fd);
    }

    /** Which version a read of 4 KiB shows; it must be wholly of that one. */
    private long versionRead(int fd, long offset) throws ErrnoException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(4096);
        assertThat(Posix.pread(fd, bytes, offset)).isEqualTo(4096);
        bytes.flip();
        for (long version = 1; version < 20; version++) {
            if (SyntheticBytes.check(KEY, version, offset, bytes).isEmpty()) {
                return version;
            }
        }
        throw new AssertionError(SyntheticBytes.check(KEY, 1, offset, bytes).orElseThrow());
    }
}
