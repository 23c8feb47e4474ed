package io.tidepool.bench.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** CPU time that somebody really used is counted where it belongs. */
@Timeout(30)
final class CpuTest {
    @Test
    void ownTimeIsThisProcesss() {
        double before = Cpu.ofProcess(ProcessHandle.current().pid());
        double machine = Cpu.ofMachine();
        long end = System.nanoTime() + 300_000_000;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(Cpu.ofProcess(ProcessHandle.current().pid()) - before).isGreaterThan(0.03);
        assertThat(Cpu.ofMachine() - machine).isGreaterThan(0.03);
    }

    @Test
    void timeOfChildrenAndTheirChildrenIsTheirs() throws Exception {
        double before = Cpu.ofEndedChildren();
        Process shell = new ProcessBuilder(
                        "sh", "-c", "sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done'; true")
                .start();
        assertThat(shell.waitFor()).isZero();
        assertThat(Cpu.ofEndedChildren() - before).isGreaterThan(0.03);
    }
}
