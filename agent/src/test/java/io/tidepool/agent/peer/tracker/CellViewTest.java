package io.tidepool.agent.peer.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidepool.agent.chunk.VersionId;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who tracks what, and in which order each host reads. */
final class CellViewTest {
    private static final VersionId VERSION = new VersionId(0x1234_5678_9abc_def0L, 42);

    static List<PeerHost> hosts(int count) {
        Random random = new Random(1);
        return IntStream.range(0, count)
                .mapToObj(i -> new PeerHost(
                        "host-%d/%08x".formatted(i, random.nextInt()),
                        "",
                        InetSocketAddress.createUnresolved("h" + i, 1),
                        InetSocketAddress.createUnresolved("h" + i, 2)))
                .toList();
    }

    @Test
    void allHostsAgreeOnTheTrackerAndTheLoadIsSpread() {
        List<PeerHost> hosts = hosts(20);
        List<PeerHost> shuffled = new ArrayList<>(hosts);
        java.util.Collections.shuffle(shuffled, new Random(2));
        CellView view = new CellView(hosts.getFirst(), hosts);
        CellView other = new CellView(hosts.getLast(), shuffled);
        Map<PeerHost, Integer> stretches = new HashMap<>();
        for (int i = 0; i < 2000; i++) {
            Stretch stretch = new Stretch(VERSION, i);
            PeerHost tracker = view.tracker(stretch);
            assertThat(other.tracker(stretch)).isEqualTo(tracker);
            assertThat(view.seenBy(hosts.get(7)).tracker(stretch)).isEqualTo(tracker);
            stretches.merge(tracker, 1, Integer::sum);
        }
        assertThat(stretches).hasSize(20);
        assertThat(stretches.values()).allSatisfy(count -> assertThat(count).isBetween(60, 140));
    }

    @Test
    void whenAHostGoesOnlyItsStretchesMove() {
        List<PeerHost> hosts = hosts(10);
        CellView before = new CellView(hosts.getFirst(), hosts);
        PeerHost gone = hosts.get(4);
        CellView after = before.without(Set.of(gone.id(), hosts.getFirst().id()));
        assertThat(after.size()).isEqualTo(9);
        int moved = 0;
        for (int i = 0; i < 500; i++) {
            Stretch stretch = new Stretch(VERSION, i);
            if (before.tracker(stretch).equals(gone)) {
                moved++;
                assertThat(after.tracker(stretch)).isNotEqualTo(gone);
            } else {
                assertThat(after.tracker(stretch)).isEqualTo(before.tracker(stretch));
            }
        }
        assertThat(moved).isBetween(20, 100);
    }

    @Test
    void aViewHasItsHost() {
        List<PeerHost> hosts = hosts(3);
        assertThatThrownBy(() -> new CellView(hosts.get(2), hosts.subList(0, 2)))
                .isInstanceOf(IllegalArgumentException.class);
        CellView view = new CellView(hosts.get(2), hosts);
        assertThat(view.host(hosts.get(1).id())).contains(hosts.get(1));
        assertThat(view.contains("nobody/00000000")).isFalse();
        assertThat(view.without(Set.of("nobody/00000000"))).isSameAs(view);
        assertThat(CellView.alone(hosts.get(1)).isAlone()).isTrue();
        assertThat(view).isEqualTo(new CellView(hosts.get(2), List.of(hosts.get(2), hosts.get(0), hosts.get(1))));
    }

    @Test
    void eachHostReadsEveryChunkOnceAndItsOwnPartAhead() {
        for (int count : new int[] {1, 2, 7, 40}) {
            for (int chunks : new int[] {0, 1, 5, 64, 1001}) {
                List<PeerHost> hosts = hosts(count);
                CellView view = new CellView(hosts.getFirst(), hosts);
                Set<Integer> firsts = new HashSet<>();
                for (PeerHost host : hosts) {
                    FetchOrder order = FetchOrder.of(view.seenBy(host), VERSION, chunks);
                    assertThat(IntStream.range(0, chunks)
                                    .map(order::chunk)
                                    .boxed()
                                    .toList())
                            .containsExactlyInAnyOrderElementsOf(
                                    IntStream.range(0, chunks).boxed().toList());
                    if (chunks > 0) {
                        firsts.add(order.chunk(0));
                    }
                }
                assertThat(firsts).hasSize(Math.min(count, chunks));
            }
        }
    }

    @Test
    void theLeadInTheOwnPartGrows() {
        List<PeerHost> hosts = hosts(4);
        FetchOrder order = FetchOrder.of(new CellView(hosts.getFirst(), hosts), VERSION, 160);
        List<Integer> chunks = IntStream.range(0, 160).map(order::chunk).boxed().toList();
        int own = chunks.getFirst();
        int other = chunks.get(1);
        for (int step = 0; step + 5 < 40; step++) {
            int lead = 1 + Math.min(4, step / 4);
            assertThat(chunks.indexOf(own + step + lead))
                    .as("step %d", step)
                    .isBetween(chunks.indexOf(other + step), chunks.indexOf(other + step + 1));
        }
    }

    @Test
    void theOrderIsAsDrawn() {
        List<PeerHost> hosts = hosts(3);
        CellView view = new CellView(hosts.getFirst(), hosts);
        Set<List<Integer>> orders = new HashSet<>();
        for (PeerHost host : hosts) {
            FetchOrder order = FetchOrder.of(view.seenBy(host), VERSION, 12);
            orders.add(IntStream.range(0, 12).map(order::chunk).boxed().toList());
        }
        assertThat(orders).contains(List.of(4, 8, 0, 5, 9, 1, 6, 10, 2, 7, 11, 3));
    }
}
