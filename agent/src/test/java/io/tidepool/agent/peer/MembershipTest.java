package io.tidepool.agent.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.peer.tracker.CellView;
import io.tidepool.agent.peer.tracker.PeerHost;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Hosts join, leave, die, hang and find each other again, and every host's view says so. */
final class MembershipTest {
    private TestCell cell;

    @AfterEach
    void close() throws Exception {
        cell.close();
    }

    private void cellOf(String... names) throws Exception {
        cell = new TestCell(4);
        for (String name : names) {
            cell.start(name);
        }
        cell.awaitView(names);
    }

    @Test
    void aHostAloneStartsAloneAndSoon() throws Exception {
        cell = new TestCell(4);
        long start = System.nanoTime();
        Membership alone = cell.start("a");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        assertThat(alone.view().isAlone()).isTrue();
        assertThat(alone.since(alone.view().self())).isPresent();
    }

    @Test
    void aViewTellsAllAboutItsHostsAndListenersHearEachOne() throws Exception {
        cellOf("a");
        List<CellView> heard = new CopyOnWriteArrayList<>();
        cell.get("a").onChange(heard::add);
        assertThat(heard).hasSize(1);
        cell.start("b");
        cell.awaitView("a", "b");

        PeerHost b = cell.get("a").view().host("b/00000000").orElseThrow();
        assertThat(b).isEqualTo(TestCell.host("b", InetAddress.ofLiteral("127.0.0.2")));
        assertThat(b.zone()).isEqualTo("zone-b");
        assertThat(b.control()).isEqualTo(new InetSocketAddress("127.0.0.2", 60_001));
        assertThat(cell.get("a").view().self().name()).isEqualTo("a");
        assertThat(cell.get("b").view().self().name()).isEqualTo("b");
        assertThat(cell.get("a").since(b)).isPresent();

        cell.get("b").close();
        TestCell.await("its listener has heard it", () -> heard.size() == 3);
        assertThat(heard.stream().map(TestCell::names)).containsExactly(Set.of("a"), Set.of("a", "b"), Set.of("a"));
        assertThat(cell.metrics.count(Metric.CELL_CHANGES, "joined")).isEqualTo(1);
        assertThat(cell.metrics.count(Metric.CELL_CHANGES, "left")).isEqualTo(1);
        assertThat(cell.get("a").since(b)).isEmpty();
    }

    @Test
    void hostsThatStartTogetherFindEachOther() throws Exception {
        cell = new TestCell(4);
        startTogether("a", "b", "c", "d");
    }

    @Test
    void ofManyHostsAFewNeedToBeListed() throws Exception {
        cell = new TestCell(2);
        startTogether("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l");
    }

    private void startTogether(String... names) throws Exception {
        List<Thread> starts = Stream.of(names)
                .map(name -> Thread.ofPlatform().start(() -> startUnchecked(name)))
                .toList();
        for (Thread start : starts) {
            start.join();
        }
        cell.awaitView(names);
    }

    private void startUnchecked(String name) {
        try {
            cell.start(name);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aKilledHostIsGoneSoonEvenIfItLedTheCell() throws Exception {
        cellOf("a", "b", "c");
        long start = System.nanoTime();
        cell.kill("a");
        cell.awaitView("b", "c");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void aHostThatHangsIsSuspectedAndIsOneOfThemAgainWhenItGoesOn() throws Exception {
        cellOf("a", "b", "c");
        cell.silence("c");
        cell.awaitView("a", "b");
        cell.resume("c");
        cell.awaitView("a", "b", "c");
        assertThat(cell.metrics.count(Metric.CELL_CHANGES, "merged")).isPositive();
    }

    @Test
    void aHostThatWasWronglyExpelledIsOneOfThemAgain() throws Exception {
        cellOf("a", "b", "c", "d");
        cell.expel("a", "d");
        cell.awaitView("a", "b", "c");
        cell.awaitView("a", "b", "c", "d");
    }

    @Test
    void aHostThatHangsWhileOthersMergeIsOneOfThemAgain() throws Exception {
        cellOf("a", "b", "c", "d");
        cell.silence("d");
        cell.awaitView("a", "b", "c");
        cell.resume("d");
        cell.silence("c");
        cell.awaitView("a", "b", "d");
        cell.resume("c");
        cell.awaitView("a", "b", "c", "d");
    }

    @Test
    void partsOfAPartitionAreCellsAndMerge() throws Exception {
        cellOf("a", "b", "c", "d");
        cell.partition("a", "c", "d");
        cell.partition("b", "c", "d");
        cell.partition("c", "a", "b");
        cell.partition("d", "a", "b");
        cell.awaitView("a", "b");
        cell.awaitView("c", "d");
        cell.heal();
        cell.awaitView("a", "b", "c", "d");
    }

    @Test
    void cellsOfTheSameHostsDoNotMix() throws Exception {
        cell = new TestCell(4);
        cell.start("a");
        cell.start("b", cell.options("b", "other", MembershipOptions.MAX_HOSTS, null));
        cell.start("c");
        cell.start("d", cell.options("d", "other", MembershipOptions.MAX_HOSTS, null));
        cell.awaitView("a", "c");
        cell.awaitView("b", "d");
    }

    @Test
    void aHostTooManyIsLeftOutUntilAnotherGoes() throws Exception {
        cell = new TestCell(4);
        for (String name : List.of("a", "b", "c")) {
            cell.start(name, cell.options(name, "test", 2, null));
        }
        cell.awaitView("a", "b");
        cell.awaitView("c");
        cell.get("a").close();
        cell.awaitView("b", "c");
    }

    @Test
    void aHostStartsAgainUnderItsName() throws Exception {
        cellOf("a", "b");
        cell.kill("b");
        cell.awaitView("a");
        cell.get("b").close();
        cell.start("b");
        cell.awaitView("a", "b");
    }

    @Test
    void aNameStandsForAllHosts() throws Exception {
        cell = new TestCell(0);
        String service = "pool-" + cell.port + TestNames.DOMAIN;
        TestNames.put(service, "127.0.0.1", "127.0.0.2", "127.0.0.3");
        for (String name : List.of("a", "b", "c")) {
            cell.start(name, cell.options(name, service));
        }
        cell.awaitView("a", "b", "c");
        assertThat(TestNames.asked(service)).isPositive();
    }

    @Test
    void aNameThatNobodyKnowsLeavesTheHostAlone() throws Exception {
        cell = new TestCell(0);
        assertThat(cell.start("a", cell.options("a", "nowhere" + TestNames.DOMAIN))
                        .view()
                        .isAlone())
                .isTrue();
    }

    @Test
    void aPortThatIsTakenIsOneLine() throws Exception {
        cell = new TestCell(1);
        try (ServerSocket taken = new ServerSocket(cell.port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            assertThat(taken.isBound()).isTrue();
            assertThatThrownBy(() -> cell.start("a"))
                    .isInstanceOf(IOException.class)
                    .hasMessageMatching("can't listen on 127.0.0.1:" + cell.port
                            + " for the other hosts of the cell: the port is taken, or the address is not this host's");
        }
    }
}
