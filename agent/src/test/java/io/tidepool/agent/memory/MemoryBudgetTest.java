package io.tidepool.agent.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class MemoryBudgetTest {
    private final MemoryBudget budget = new MemoryBudget()
            .line("heap", 100 << 20)
            .direct("landing", 64 << 20)
            .direct("fuse", 2 << 20);

    @Test
    void fitsExactly() {
        assertThat(budget.whyTooMuch(166 << 20, 66 << 20)).isEmpty();
    }

    @Test
    void overTheProcessLimitItNamesEachLine() {
        assertThat(budget.whyTooMuch((166 << 20) - 1, Long.MAX_VALUE))
                .contains("needs 166MiB of memory (heap 100MiB, landing 64MiB, fuse 2MiB), but this process may have"
                        + " 165MiB: lower memory.landing or the heap (-Xmx), or raise the limit");
    }

    @Test
    void overTheJvmsDirectLimit() {
        assertThat(budget.whyTooMuch(Long.MAX_VALUE, (66 << 20) - 1))
                .contains("needs 66MiB of direct memory, but the JVM may have 65MiB: lower memory.landing or raise"
                        + " -XX:MaxDirectMemorySize");
    }

    @Test
    void thisJvmFits() {
        assertThat(MemoryBudget.ofThisJvm().whyTooMuch()).isEmpty();
    }
}
