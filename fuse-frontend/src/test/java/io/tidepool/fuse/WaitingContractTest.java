package io.tidepool.fuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What waits for the network holds nobody else, and lets go of a process that is killed. */
@Timeout(60)
final class WaitingContractTest extends MountedTest {
    private static final int MIB = 1 << 20;

    @Test
    void sixtyFourBlockedReadsHoldNobodyElse() throws Exception {
        MemoryFileSystem.Node cold = fileSystem.file("cold", 256L * MIB, 1);
        fileSystem.file("warm", MIB, 2);
        Gate gate = new Gate();
        cold.gate = gate;
        mount(options().withWorkers(2).withReadAheadKb(128));

        try (ExecutorService executor = Executors.newFixedThreadPool(64)) {
            List<Future<Long>> reads = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                reads.add(executor.submit(readAt("cold", 1, i * 4L * MIB)));
            }
            try {
                Eventually.is("64 reads wait", () -> gate.waiting() >= 64);
                long start = System.nanoTime();
                fileSystem.validFor = Duration.ZERO;
                assertThat(Files.getFileStore(point).getTotalSpace()).isPositive();
                assertThat(ino(point)).isEqualTo(1);
                assertThat(Files.size(at("cold"))).isEqualTo(256L * MIB);
                assertThat(Pattern.mismatch(2, 0, ByteBuffer.wrap(Files.readAllBytes(at("warm")))))
                        .isEqualTo(-1);
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
                assertThat(gate.waiting()).as("still waiting").isGreaterThanOrEqualTo(64);
            } finally {
                gate.open();
            }
            for (Future<Long> read : reads) {
                assertThat(read.get()).as("mismatch").isEqualTo(-1);
            }
        }
    }

    @Test
    void readsBeyondTheBuffersWaitTheirTurn() throws Exception {
        MemoryFileSystem.Node cold = fileSystem.file("cold", 64L * MIB, 1);
        Gate gate = new Gate();
        cold.gate = gate;
        mount(options().withMaxWaitingReads(2).withReadAheadKb(0));

        try (ExecutorService executor = Executors.newFixedThreadPool(16)) {
            List<Future<Long>> reads = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                reads.add(executor.submit(readAt("cold", 1, i * 4L * MIB)));
            }
            try {
                Eventually.is("all were asked", () -> fileSystem.count("readNow") >= 16);
                Eventually.is("two wait", () -> gate.waiting() == 2);
                Thread.sleep(300);
            } finally {
                gate.open();
            }
            for (Future<Long> read : reads) {
                assertThat(read.get()).as("mismatch").isEqualTo(-1);
            }
        }
        assertThat(Duration.ofNanos(fileSystem.longestWaitNanos.get()))
                .as("a file system hears how long a read has waited before it was asked")
                .isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    @Test
    void aReadThatFindsNoBufferInTimeFails() throws Exception {
        MemoryFileSystem.Node cold = fileSystem.file("cold", 64L * MIB, 1);
        Gate gate = new Gate();
        cold.gate = gate;
        mount(options().withMaxWaitingReads(1).withReadAheadKb(0).withBufferWait(Duration.ofMillis(300)));

        try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
            Future<Long> first = executor.submit(readAt("cold", 1, 0));
            try {
                Eventually.is("the first read has the buffer", () -> gate.waiting() == 1);
                assertThatThrownBy(() -> readAt("cold", 1, 32L * MIB).call())
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("Input/output error");
            } finally {
                gate.open();
            }
            assertThat(first.get()).as("mismatch").isEqualTo(-1);
            assertThat(readAt("cold", 1, 32L * MIB).call()).as("mismatch").isEqualTo(-1);
        }
    }

    @Test
    void aBlockedLookupHoldsNobodyElse() throws Exception {
        Gate gate = new Gate();
        fileSystem.lookupGates.put("slow", gate);
        fileSystem.file("slow", 77, 1);
        MemoryFileSystem.Node other = fileSystem.directory(fileSystem.root(), "other");
        fileSystem.add(other, "file", FileKind.FILE, MIB, 2);
        mount(options().withWorkers(1));
        assertThat(Files.isDirectory(at("other"))).isTrue();

        try (ExecutorService executor = Executors.newFixedThreadPool(1)) {
            Future<Long> size = executor.submit(() -> Files.size(at("slow")));
            try {
                Eventually.is("the lookup waits", () -> gate.waiting() == 1);
                assertThat(ino(point)).isEqualTo(1);
                assertThat(Files.getFileStore(point).getTotalSpace()).isPositive();
                assertThat(Files.readAllBytes(at("other/file"))).hasSize(MIB);
                assertThat(size.isDone()).isFalse();
            } finally {
                gate.open();
            }
            assertThat(size.get()).isEqualTo(77);
        }
    }

    @Test
    void aBlockedLookupHoldsNoOtherNameOfItsDirectory() throws Exception {
        Gate gate = new Gate();
        fileSystem.lookupGates.put("slow", gate);
        fileSystem.file("slow", 77, 1);
        fileSystem.file("quick", 78, 2);
        mount();
        try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
            Future<Long> slow = executor.submit(() -> Files.size(at("slow")));
            try {
                Eventually.is("the lookup waits", () -> gate.waiting() == 1);
                Future<Long> quick = executor.submit(() -> Files.size(at("quick")));
                assertThat(quick.get(5, TimeUnit.SECONDS)).isEqualTo(78);
                assertThat(slow.isDone()).isFalse();
            } finally {
                gate.open();
            }
            assertThat(slow.get()).isEqualTo(77);
        }
    }

    @Test
    void aKilledReaderIsLetGo() throws Exception {
        Gate gate = new Gate();
        fileSystem.file("cold", MIB, 1).gate = gate;
        mount();
        // Direct: the kernel reads into the page cache in the background, and a reader killed there leaves by itself.
        try (Child child = Child.bash("exec dd if=\"$1\" of=/dev/null bs=128k iflag=direct", at("cold"))) {
            Eventually.is("the read waits", () -> gate.waiting() == 1);
            child.kill();
            assertThat(child.ends(5, TimeUnit.SECONDS)).as("the process ended").isTrue();
        }
        Eventually.is("the read ended", () -> gate.waiting() == 0);
        assertThat(gate.interrupted()).isEqualTo(1);
    }

    @Test
    void aReaderKilledInThePageCacheIsLetGo() throws Exception {
        Gate gate = new Gate();
        fileSystem.file("cold", MIB, 1).gate = gate;
        mount();
        try (Child child = Child.bash("exec cat \"$1\"", at("cold"))) {
            Eventually.is("the read waits", () -> gate.waiting() >= 1);
            child.kill();
            assertThat(child.ends(5, TimeUnit.SECONDS)).as("the process ended").isTrue();
        }
        gate.open();
    }

    @Test
    void aProcessKilledInALookupIsLetGo() throws Exception {
        Gate gate = new Gate();
        fileSystem.lookupGates.put("slow", gate);
        mount();
        try (Child child = Child.bash("exec stat \"$1\"", at("slow"))) {
            Eventually.is("the lookup waits", () -> gate.waiting() == 1);
            child.kill();
            assertThat(child.ends(5, TimeUnit.SECONDS)).as("the process ended").isTrue();
        }
        Eventually.is("the lookup ended", () -> gate.waiting() == 0);
        assertThat(gate.interrupted()).isEqualTo(1);
    }

    @Test
    void aSignalEndsAWaitingOpenWithEintr() throws Exception {
        Gate gate = new Gate();
        fileSystem.lookupGates.put("slow", gate);
        mount();
        // timeout sends SIGALRM to a shell that handles it: the system call returns instead of the process dying.
        String script = "trap 'echo signal' USR1; echo $$; exec 3<\"$1\"; echo ended $?";
        try (Child child = Child.bash(script, at("slow"))) {
            Eventually.is("the lookup waits", () -> gate.waiting() == 1);
            try (Child kill = Child.bash(
                    "kill -USR1 $1", child.written().lines().findFirst().orElseThrow())) {
                kill.finish();
            }
            Eventually.is("the lookup was interrupted", () -> gate.interrupted() >= 1);
            gate.open();
            assertThat(child.finish()).contains("signal");
        }
    }

    private Callable<Long> readAt(String name, long seed, long offset) {
        return () -> {
            try (FileChannel channel = FileChannel.open(at(name))) {
                ByteBuffer buffer = ByteBuffer.allocate(100_000);
                while (buffer.hasRemaining()) {
                    channel.read(buffer, offset + buffer.position());
                }
                return Pattern.mismatch(seed, offset, buffer.flip());
            }
        };
    }
}
