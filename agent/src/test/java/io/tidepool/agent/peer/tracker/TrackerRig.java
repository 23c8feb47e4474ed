package io.tidepool.agent.peer.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.chunk.VersionId;
import io.tidepool.agent.peer.tracker.FromTracker.Answer;
import io.tidepool.agent.peer.tracker.FromTracker.ChunkUpdate;
import io.tidepool.agent.peer.tracker.ToTracker.Failure;
import io.tidepool.agent.peer.tracker.ToTracker.Held;
import io.tidepool.agent.peer.tracker.ToTracker.Reason;
import io.tidepool.agent.peer.tracker.ToTracker.Want;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A tracker in a cell of hosts named a, b, c …, a clock that tests turn, and what the tracker said to whom. */
final class TrackerRig {
    static final Stretch STRETCH = new Stretch(new VersionId(1, 2), 0);
    static final int BLOCKS = 8;

    private final Map<String, List<FromTracker>> said = new HashMap<>();
    private final List<PeerHost> hosts = new ArrayList<>();
    private CellView view;
    Tracker tracker;
    long now = 1_000_000_000_000L;

    /** The tracker runs on the host that the view picks for {@link #STRETCH}, whichever that is. */
    TrackerRig(int hostCount) {
        for (int i = 0; i < hostCount; i++) {
            hosts.add(host(i, ""));
        }
        view = viewOfTracker();
        tracker = newTracker();
    }

    private Tracker newTracker() {
        return new Tracker(
                view,
                (to, message) ->
                        said.computeIfAbsent(to, _ -> new ArrayList<>()).add(message),
                now);
    }

    /** The tracker is a new one, on the host of {@code start}. */
    void becomes(CellView start) {
        view = start;
        tracker = newTracker();
    }

    private CellView viewOfTracker() {
        CellView any = new CellView(hosts.getFirst(), hosts);
        return any.seenBy(any.tracker(STRETCH));
    }

    static PeerHost host(int number, String zone) {
        return new PeerHost(
                id(number),
                zone,
                InetSocketAddress.createUnresolved("h" + number, 1),
                InetSocketAddress.createUnresolved("h" + number, 2));
    }

    static String id(int number) {
        return Character.toString('a' + number) + "/0000000" + number % 10;
    }

    /** All hosts are in these zones from now on. */
    void zones(String... zones) {
        for (int i = 0; i < zones.length; i++) {
            hosts.set(i, host(i, zones[i]));
        }
        CellView any = new CellView(hosts.getFirst(), hosts);
        view(any.seenBy(any.host(view.self().id()).orElseThrow()));
    }

    /** The rig's view and one more host, which is the tracker of {@link #STRETCH}. */
    CellView viewWithAnotherTracker() {
        for (int number = hosts.size(); ; number++) {
            List<PeerHost> more = new ArrayList<>(hosts);
            more.add(host(number, ""));
            CellView changed = new CellView(view.self(), more);
            if (!changed.tracker(STRETCH).equals(view.self())) {
                return changed;
            }
        }
    }

    void view(CellView changed) {
        view = changed;
        tracker.viewChanged(view, now);
    }

    CellView view() {
        return view;
    }

    /** Lets time pass as it does in an agent: heartbeats of {@code alive} hosts, and ticks. */
    void pass(long millis, int... alive) {
        for (long end = now + millis * 1_000_000; now - end < 0; now += 50_000_000) {
            if (now / 50_000_000 % 8 == 0) {
                for (int host : alive) {
                    tracker.receive(id(host), new ToTracker.Heartbeat(0, 32), now);
                }
            }
            tracker.tick(now);
        }
    }

    void passAll(long millis) {
        int[] all = new int[hosts.size()];
        Arrays.setAll(all, i -> i);
        pass(millis, all);
    }

    @Nullable
    Answer ask(int host, int chunk, int landed, Failure... failures) {
        return ask(host, new Want(chunk, false, landed, List.of(failures)));
    }

    @Nullable
    Answer ask(int host, Want want) {
        allAnswers(host);
        tracker.receive(id(host), new ToTracker.Ask(STRETCH, List.of(want)), now);
        return answer(host);
    }

    /** The last answer to a host since this was last called; null if there is none. */
    @Nullable
    Answer answer(int host) {
        List<Answer> all = allAnswers(host);
        return all.isEmpty() ? null : all.getLast();
    }

    List<Answer> allAnswers(int host) {
        List<Answer> all = new ArrayList<>();
        said.getOrDefault(id(host), List.of()).forEach(message -> {
            if (message instanceof FromTracker.Answers answers) {
                all.addAll(answers.answers());
            }
        });
        said.getOrDefault(id(host), new ArrayList<>()).removeIf(FromTracker.Answers.class::isInstance);
        return all;
    }

    /** What the tracker said to a host besides answers, since this was last called. */
    List<FromTracker> said(int host) {
        List<FromTracker> all = said.remove(id(host));
        return all == null ? List.of() : all;
    }

    List<ChunkUpdate> sums(int host) {
        return said(host).stream()
                .filter(FromTracker.Sums.class::isInstance)
                .flatMap(message -> ((FromTracker.Sums) message).updates().stream())
                .toList();
    }

    void lease(int host, int chunk) {
        assertThat(ask(host, chunk, 0)).isEqualTo(new Answer.Lease(chunk));
    }

    void landed(int host, int chunk, int first, int count) {
        tracker.receive(
                id(host),
                new ToTracker.Landed(STRETCH, chunk, first, Arrays.copyOfRange(crcs(chunk), first, first + count)),
                now);
    }

    void holding(int host, int chunk) {
        holding(host, new Held(chunk, record(chunk), true));
    }

    void holding(int host, Held held) {
        tracker.receive(id(host), new ToTracker.Holding(STRETCH, List.of(held)), now);
    }

    void gone(int host, int chunk) {
        tracker.receive(id(host), new ToTracker.Gone(STRETCH, new int[] {chunk}), now);
    }

    long count(Decision decision) {
        return tracker.counts().of(decision);
    }

    static int[] crcs(int chunk) {
        int[] crcs = new int[BLOCKS];
        Arrays.setAll(crcs, block -> chunk * 1000 + block + 1);
        return crcs;
    }

    static ChunkSums record(int chunk) {
        return new ChunkSums(crcs(chunk), OptionalLong.of(chunk + 77));
    }

    static Failure failure(int host, Reason reason) {
        return new Failure(id(host), reason);
    }

    /** The number of the host that an answer sends its asker to. */
    static int source(@Nullable Answer answer) {
        assertThat(answer).isInstanceOf(Answer.From.class);
        return ((Answer.From) Objects.requireNonNull(answer)).host().id().charAt(0) - 'a';
    }
}
