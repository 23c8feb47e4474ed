package io.tidepool.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@link Origin} asks of every implementation, held against each. */
@Timeout(120)
class OriginContractTest {
    @Nested
    class Bucket extends Contract {
        private final OssFixture fixture = new OssFixture();

        Bucket() throws IOException {}

        @Override
        Origin origin() {
            return fixture.patient;
        }

        @Override
        void put(String key, byte[] bytes) {
            fixture.emulator.bucket().put(key, bytes);
        }

        @Override
        void delete(String key) {
            fixture.emulator.bucket().delete(key);
        }

        @AfterEach
        void close() {
            fixture.close();
        }
    }

    @Nested
    class Directory extends Contract {
        @TempDir
        Path root;

        @Override
        Origin origin() {
            return new DirectoryOrigin("directory", root);
        }

        @Override
        void put(String key, byte[] bytes) throws IOException, InterruptedException {
            // More than a tick of the file system's clock, which a version's time is told by.
            Thread.sleep(20);
            Path file = root.resolve(key);
            Files.createDirectories(file.getParent());
            Files.deleteIfExists(file);
            Files.write(file, bytes);
        }

        @Override
        void delete(String key) throws IOException {
            Files.delete(root.resolve(key));
        }
    }

    abstract static class Contract {
        abstract Origin origin();

        abstract void put(String key, byte[] bytes) throws IOException, InterruptedException;

        abstract void delete(String key) throws IOException;

        @Test
        void givesEveryByteOfObjectsOfOddSizes() throws Exception {
            int chunk = ChunkLayout.CHUNK_BYTES;
            for (int size : new int[] {0, 1, chunk - 1, chunk, chunk + 1}) {
                byte[] bytes = random(size);
                put("dir/m", bytes);
                ObjectInfo info = head("dir/m");
                assertThat(info.version().sizeBytes()).isEqualTo(size);
                assertThat(info.version().origin()).isEqualTo(origin().name());
                for (int i = 0; i < info.version().chunkCount(); i++) {
                    ChunkId id = info.version().chunk(i);
                    LandingBuffer into = Buffers.of(id);
                    origin().read(id, new Landing(into));
                    int from = Math.toIntExact(id.offset());
                    assertThat(Buffers.bytes(into)).isEqualTo(Arrays.copyOfRange(bytes, from, from + id.length()));
                }
            }
        }

        @Test
        void goesOnAtTheWatermark() throws Exception {
            byte[] bytes = random(100_000);
            put("m", bytes);
            ChunkId id = head("m").version().chunk(0);
            LandingBuffer into = Buffers.of(id);
            Landing landing = new Landing(into);
            landing.put(bytes, 60_000);
            origin().read(id, landing);
            assertThat(Buffers.bytes(into)).isEqualTo(bytes);
        }

        @Test
        void knowsNoObjectThatIsNotThere() throws Exception {
            put("dir/m", new byte[1]);
            for (String key : List.of("nothing", "dir", "dir/nothing", "dir/m/below")) {
                assertThat(origin().head(key)).as(key).isNull();
            }
        }

        @Test
        void aReplacedOrDeletedObjectIsStaleAndLandsNothing() throws Exception {
            put("m", random(100_000));
            ChunkId before = head("m").version().chunk(0);
            put("m", new byte[100_000]);
            assertStale(before);
            ChunkId replaced = head("m").version().chunk(0);
            assertThat(replaced.version()).isNotEqualTo(before.version());
            delete("m");
            assertStale(replaced);
        }

        private void assertStale(ChunkId id) {
            LandingBuffer into = Buffers.of(id);
            ChunkException e = catchThrowableOfType(ChunkException.class, () -> origin().read(id, new Landing(into)));
            assertThat(e).isNotNull();
            assertThat(e.kind()).isEqualTo(Kind.STALE);
            assertThat(into.watermark()).isZero();
        }

        @Test
        void listsInTheOrderOfKeysInPagesOfAnySize() throws Exception {
            for (String key :
                    List.of("a/1", "a/2/3", "a-b", "a.txt", "a0", "\u00e9", "\ud83d\ude00", "\uffff", "new\nline")) {
                put(key, new byte[1]);
            }
            for (int limit = 1; limit < 11; limit++) {
                assertThat(all("", true, limit))
                        .containsExactly("a-b", "a.txt", "a/", "a0", "new\nline", "\u00e9", "\uffff", "\ud83d\ude00");
                assertThat(all("a/", true, limit)).containsExactly("a/1", "a/2/");
                assertThat(all("a/", false, limit)).containsExactly("a/1", "a/2/3");
                assertThat(all("nothing/", true, limit)).isEmpty();
            }
        }

        @Test
        void aListingTellsTheVersionThatHeadTells() throws Exception {
            put("m", new byte[5]);
            ObjectInfo listed = origin().list("", true, null, 10).objects().getFirst();
            assertThat(listed.version()).isEqualTo(head("m").version());
            assertThat(listed.lastModified()).isEqualTo(head("m").lastModified());
        }

        /** All keys and prefixes, but for the marks of directories, which an origin may have. */
        private List<String> all(String prefix, boolean delimited, int limit) throws Exception {
            List<String> keys = new ArrayList<>();
            String after = null;
            do {
                ListPage page = origin().list(prefix, delimited, after, limit);
                List<String> sorted = new ArrayList<>(page.prefixes());
                page.objects().forEach(o -> sorted.add(o.version().key()));
                assertThat(sorted).hasSizeLessThanOrEqualTo(limit);
                sorted.sort(KeyOrder.INSTANCE);
                keys.addAll(sorted);
                after = page.next();
            } while (after != null);
            keys.removeIf(k -> k.endsWith("/") && (k.equals(prefix) || !delimited));
            return keys;
        }

        private ObjectInfo head(String key) throws Exception {
            ObjectInfo info = origin().head(key);
            assertThat(info).as(key).isNotNull();
            return info;
        }

        private static byte[] random(int size) {
            byte[] bytes = new byte[size];
            new Random(size).nextBytes(bytes);
            return bytes;
        }
    }
}
