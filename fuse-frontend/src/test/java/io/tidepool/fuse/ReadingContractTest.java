package io.tidepool.fuse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The right bytes, however they are read. */
@Timeout(60)
final class ReadingContractTest extends MountedTest {
    private static final long GIB = 1L << 30;

    @Test
    void statShowsTheAttributes() throws IOException {
        MemoryFileSystem.Node file = fileSystem.file("model.bin", 5 * GIB + 7, 1);
        mount();

        Map<String, Object> shown = Files.readAttributes(at("model.bin"), "unix:size,mode,uid,gid,nlink,ino");
        assertThat(shown)
                .containsEntry("size", 5 * GIB + 7)
                .containsEntry("mode", 0100644)
                .containsEntry("uid", 1234)
                .containsEntry("gid", 567)
                .containsEntry("nlink", 1)
                .containsEntry("ino", file.ino);
        assertThat(Files.getLastModifiedTime(at("model.bin"))).isEqualTo(FileTime.from(MemoryFileSystem.MODIFIED));
        assertThat(Files.readAttributes(point, "unix:mode,ino"))
                .containsEntry("mode", 040755)
                .containsEntry("ino", 1L);
    }

    @Test
    void statfsShowsTheStats() throws IOException {
        mount();
        assertThat(Files.getFileStore(point).getTotalSpace()).isEqualTo(4096L * 1_000_000);
        assertThat(Files.getFileStore(point).getUsableSpace()).isEqualTo(4096L * 400_000);
        assertThat(Files.getFileStore(point).type()).isEqualTo("fuse.tidepool");
    }

    @Test
    void filesOfOddSizesReadFromBeginningToEnd() throws IOException {
        int[] sizes = {0, 1, 4095, 4096, 131_071, 131_072, 131_073, (1 << 20) + 7, 10_000_001};
        for (int size : sizes) {
            fileSystem.file("f" + size, size, size);
        }
        mount();
        for (int size : sizes) {
            byte[] bytes = Files.readAllBytes(at("f" + size));
            assertThat(bytes).as("size").hasSize(size);
            assertThat(Pattern.mismatch(size, 0, ByteBuffer.wrap(bytes)))
                    .as("mismatch")
                    .isEqualTo(-1);
        }
    }

    @Test
    void aFileOfManyGibibytesReadsAnywhere() throws IOException {
        long size = 6 * GIB + 12_345;
        fileSystem.file("big", size, 7);
        mount();
        Random random = new Random(1);
        try (FileChannel channel = FileChannel.open(at("big"))) {
            for (long edge : new long[] {0, GIB, 2 * GIB, 4 * GIB, size}) {
                check(channel, 7, size, Math.max(0, edge - 70_000), 140_000);
            }
            for (int i = 0; i < 1_000; i++) {
                check(channel, 7, size, random.nextLong(size), 1 + random.nextInt(20_000));
            }
            assertThat(channel.read(ByteBuffer.allocate(10), size))
                    .as("behind the end")
                    .isEqualTo(-1);
        }
    }

    @Test
    void aSequentialReaderSeesEveryByte() throws IOException {
        long size = GIB / 2 + 3;
        fileSystem.file("big", size, 9);
        mount();
        byte[] buffer = new byte[1 << 20];
        long offset = 0;
        try (InputStream in = Files.newInputStream(at("big"))) {
            for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
                assertThat(Pattern.mismatch(9, offset, ByteBuffer.wrap(buffer, 0, count)))
                        .isEqualTo(-1);
                offset += count;
            }
        }
        assertThat(offset).isEqualTo(size);
    }

    @Test
    void mappedPagesHoldTheSameBytes() throws Exception {
        long size = 64 * (1L << 20) + 4321;
        fileSystem.file("mapped", size, 11);
        mount();
        try (Child child = Child.java(MappedReader.class, at("mapped"), 11)) {
            assertThat(child.finish()).isEqualTo("same " + size + "\n");
        }
    }

    @Test
    void directReadsHoldTheSameBytes() throws Exception {
        int size = 3 * (1 << 20) + 100;
        fileSystem.file("direct", size, 12);
        mount();
        Path copy = Files.createTempFile("tidepool", ".copy");
        try (Child child = Child.bash("dd if=\"$1\" of=\"$2\" bs=1M iflag=direct status=none", at("direct"), copy)) {
            assertThat(child.finish()).isEmpty();
            byte[] bytes = Files.readAllBytes(copy);
            assertThat(bytes).hasSize(size);
            assertThat(Pattern.mismatch(12, 0, ByteBuffer.wrap(bytes))).isEqualTo(-1);
        } finally {
            Files.delete(copy);
        }
    }

    @Test
    void pagesStayAcrossOpensOnlyIfTheFileSystemSaysSo() throws IOException {
        fileSystem.file("kept", 1 << 20, 1);
        fileSystem.file("dropped", 1 << 20, 2).keepCache = false;
        mount();

        Files.readAllBytes(at("kept"));
        long reads = fileSystem.count("readNow");
        Files.readAllBytes(at("kept"));
        assertThat(fileSystem.count("readNow")).as("reads of the second time").isEqualTo(reads);
        assertThat(fileSystem.count("open")).isEqualTo(2);

        Files.readAllBytes(at("dropped"));
        reads = fileSystem.count("readNow");
        Files.readAllBytes(at("dropped"));
        assertThat(fileSystem.count("readNow")).isGreaterThanOrEqualTo(reads + 8);
    }

    @Test
    void sixteenThreadsReadAndListAtOnce() throws Exception {
        for (int i = 0; i < 8; i++) {
            fileSystem.file("f" + i, GIB + i, i);
        }
        mount(options().withWorkers(4));
        try (ExecutorService executor = Executors.newFixedThreadPool(16)) {
            List<Future<Integer>> futures = new ArrayList<>();
            for (int t = 0; t < 16; t++) {
                int seed = t;
                futures.add(executor.submit((Callable<Integer>) () -> readAndList(new Random(seed))));
            }
            for (Future<Integer> future : futures) {
                assertThat(future.get()).isEqualTo(150);
            }
        }
        Eventually.is("every handle released", () -> fileSystem.openHandles() == 0);
    }

    @Test
    void theKernelReadsAheadAsFarAsToldTo() throws IOException {
        mount(options().withReadAheadKb(3072));
        String device = MountInfo.at(point).orElseThrow().device();
        assertThat(Files.readString(Path.of("/sys/class/bdi", device, "read_ahead_kb")))
                .isEqualTo("3072\n");
    }

    private int readAndList(Random random) throws IOException {
        int rounds = 0;
        for (; rounds < 150; rounds++) {
            int file = random.nextInt(8);
            try (FileChannel channel = FileChannel.open(at("f" + file))) {
                check(channel, file, GIB + file, random.nextLong(GIB), 1 + random.nextInt(300_000));
            }
            if (rounds % 10 == 0) {
                try (var entries = Files.list(point)) {
                    assertThat(entries.count()).isEqualTo(8);
                }
            }
        }
        return rounds;
    }

    private static void check(FileChannel channel, long seed, long size, long offset, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(bytes, size - offset));
        while (buffer.hasRemaining()) {
            assertThat(channel.read(buffer, offset + buffer.position())).isPositive();
        }
        assertThat(Pattern.mismatch(seed, offset, buffer.flip())).as("mismatch").isEqualTo(-1);
    }
}
