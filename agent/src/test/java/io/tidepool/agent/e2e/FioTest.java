package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** fio wrote the file and knows what is in it: it verifies what it reads from the mount, in random order. */
final class FioTest extends EndToEndTest {
    private static final Duration FIO = Duration.ofSeconds(60);
    private static final String SIZE = "96M";

    @Test
    void fioVerifiesRandomReadsAndMappedPages() throws Exception {
        requireFio();
        Path origin = Files.createDirectory(directory.resolve("origin"));
        Path written = origin.resolve("fio.dat");
        fio(written, "--rw=write", "--ioengine=psync", "--do_verify=0");
        Agent agent = start(new AgentSetup(directory).files(origin).show("m", "local", "", "window"));
        Path file = agent.at("/m/fio.dat");
        // Cold and mapped, then by pread; then from scratch the other way round.
        fio(file, "--rw=randread", "--ioengine=mmap", "--readonly");
        fio(file, "--rw=randread", "--ioengine=psync", "--readonly");
        agent.client().evict(List.of("/m/fio.dat"), true);
        fio(file, "--rw=randread", "--ioengine=psync", "--readonly", "--numjobs=4");
        assertThat(agent.metric("tidepool_read_requests_total", "fuse")).isPositive();
    }

    /** fio ends with an error if one block's checksum is wrong. */
    private void fio(Path file, String... how) throws Exception {
        Object[] command = new Object[how.length + 6];
        command[0] = "fio";
        command[1] = "--name=verify";
        command[2] = "--filename=" + file;
        command[3] = "--bs=64k";
        command[4] = "--size=" + SIZE;
        command[5] = "--verify=crc32c";
        System.arraycopy(how, 0, command, 6, how.length);
        assertThat(ended(Child.program(command)).succeeds(FIO)).contains("err= 0");
    }

    private void requireFio() throws Exception {
        try {
            ended(Child.program("fio", "--version")).succeeds(FIO);
        } catch (IOException e) {
            System.err.println("SKIPPED: no fio here (apt-get install fio)");
            Assumptions.abort("no fio");
        }
    }
}
