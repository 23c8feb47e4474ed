package io.tidepool.agent.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PriorityGateTest {
    private static final long NOW = 0;
    private static final long SOON = TimeUnit.MILLISECONDS.toNanos(50);

    private final FillTicket demand = new FillTicket(Priority.DEMAND);
    private final LinkedBlockingQueue<String> order = new LinkedBlockingQueue<>();

    @Test
    void demandGoesFirstAndAReadAheadThatAReaderJoinedIsDemand() throws Exception {
        PriorityGate gate = new PriorityGate(1);
        gate.acquire(demand);
        FillTicket joined = new FillTicket(Priority.READ_AHEAD);
        waitFor(gate, new FillTicket(Priority.READ_AHEAD), "ahead");
        waitFor(gate, joined, "joined");
        waitFor(gate, demand, "demand");
        joined.promote();
        for (String next : List.of("joined", "demand", "ahead")) {
            gate.release();
            assertThat(order.poll(5, TimeUnit.SECONDS)).isEqualTo(next);
        }
    }

    @Test
    void morePermitsLetWaitersInAtOnce() throws Exception {
        PriorityGate gate = new PriorityGate(1);
        gate.acquire(demand);
        waitFor(gate, demand, "a");
        waitFor(gate, demand, "b");
        assertThat(gate.isSaturated()).isTrue();
        gate.setPermits(4);
        assertThat(List.of(order.take(), order.take())).containsExactlyInAnyOrder("a", "b");
        assertThat(gate.inUse()).isEqualTo(3);
        assertThat(gate.isSaturated()).isFalse();
    }

    @Test
    void fewerPermitsAreFewerOnceThoseInUseAreBack() throws Exception {
        PriorityGate gate = new PriorityGate(3);
        for (int i = 0; i < 3; i++) {
            gate.acquire(demand);
        }
        gate.setPermits(1);
        assertThat(gate.inUse()).isEqualTo(3);
        gate.release();
        gate.release();
        assertThat(gate.tryAcquire(demand, SOON)).isFalse();
        gate.release();
        assertThat(gate.tryAcquire(demand, NOW)).isTrue();
        assertThat(gate.tryAcquire(demand, NOW)).isFalse();
        assertThat(gate.inUse()).isEqualTo(1);
    }

    @Test
    void whoGaveUpWaitingIsNotGivenAPermit() throws Exception {
        PriorityGate gate = new PriorityGate(1);
        gate.acquire(demand);
        Thread interrupted = waitFor(gate, demand, "never");
        assertThat(gate.tryAcquire(demand, SOON)).isFalse();
        interrupted.interrupt();
        interrupted.join();
        gate.release();
        assertThat(gate.inUse()).isZero();
        assertThat(order).isEmpty();
    }

    private Thread waitFor(PriorityGate gate, FillTicket ticket, String name) throws InterruptedException {
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                gate.acquire(ticket);
                order.add(name);
            } catch (InterruptedException e) {
                // It gives up.
            }
        });
        while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.sleep(1);
        }
        return thread;
    }
}
