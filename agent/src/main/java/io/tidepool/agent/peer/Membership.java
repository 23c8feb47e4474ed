package io.tidepool.agent.peer;

import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.peer.tracker.CellView;
import io.tidepool.agent.peer.tracker.PeerHost;
import java.io.IOException;
import java.net.BindException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jgroups.JChannel;
import org.jgroups.MergeView;
import org.jgroups.Receiver;
import org.jgroups.View;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who of the cell is alive: the only source of that. A host that is killed is gone within about two seconds, one that is
 * cut off or hangs within about seven; hosts that can reach each other again are one cell about five seconds later.
 *
 * <p>Every host of a cell sees the same hosts, but not at the same instant. Thread-safe.
 */
public final class Membership implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Membership.class);
    /** A start waits so long for the cell; then the host goes on alone, and the cell comes when it comes. */
    private static final int START_SECONDS = 4;

    private static final int NAMED_IN_LOG = 8;

    private final MembershipOptions options;
    private final PeerHost self;
    private final Metrics metrics;
    private final JChannel channel;
    private final List<Consumer<CellView>> listeners = new ArrayList<>();
    private final Map<PeerHost, Instant> since = new HashMap<>();
    private volatile CellView view;
    private boolean leftOut;

    private Membership(MembershipOptions options, PeerHost self, Metrics metrics) throws Exception {
        this.options = options;
        this.self = self;
        this.metrics = metrics;
        this.view = CellView.alone(self);
        since.put(self, Instant.now());
        metrics.gauge(Metric.CELL_HOSTS, () -> view.hosts().size());
        channel = new JChannel(CellStack.of(options));
        channel.setName(self.id());
        channel.addAddressGenerator(() -> MemberAddress.of(self, options.isKnown()));
        channel.setReceiver(new Receiver() {
            @Override
            public void viewAccepted(View accepted) {
                changed(accepted);
            }
        });
    }

    /**
     * Joins the cell, or begins one. Waits a few seconds for it at most; the view may grow later.
     *
     * @param self as the others shall know it; its addresses must be those that they reach
     * @throws IOException with one line for an operator, if its own port can't be used
     */
    public static Membership start(MembershipOptions options, PeerHost self, Metrics metrics)
            throws IOException, InterruptedException {
        Membership membership;
        try {
            membership = new Membership(options, self, metrics);
        } catch (Exception e) {
            throw membershipFailure(options, e);
        }
        CompletableFuture<Void> joined = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("cell-join").start(() -> membership.join(joined));
        try {
            joined.get(START_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            log.info("cell {}: still joining; going on alone meanwhile", options.cell());
        } catch (ExecutionException e) {
            membership.close();
            throw membershipFailure(options, e.getCause());
        } catch (InterruptedException e) {
            membership.close();
            throw e;
        }
        return membership;
    }

    private void join(CompletableFuture<Void> joined) {
        try {
            channel.connect(options.cell());
            joined.complete(null);
        } catch (Exception e) {
            if (!joined.completeExceptionally(e)) {
                log.error("can't join the cell {}, sharing with nobody: {}", options.cell(), e.toString());
            }
        }
    }

    private static IOException membershipFailure(MembershipOptions options, @Nullable Throwable failure) {
        Throwable root = failure;
        while (root != null && root.getCause() != null && !(root instanceof BindException)) {
            root = root.getCause();
        }
        String why = root instanceof BindException
                ? "the port is taken, or the address is not this host's"
                : String.valueOf(root);
        return new IOException(
                "can't listen on " + options.address().getHostAddress() + ":" + options.port()
                        + " for the other hosts of the cell: " + why,
                failure);
    }

    private synchronized void changed(View accepted) {
        List<PeerHost> all = accepted.getMembers().stream()
                .map(MemberAddress::host)
                .flatMap(Optional::stream)
                .toList();
        // All see the members in the same order, so that they leave out the same ones.
        List<PeerHost> hosts = all.size() <= options.maxHosts() ? all : all.subList(0, options.maxHosts());
        tellIfLeftOut(!hosts.contains(self), all.size());
        CellView next = leftOut ? CellView.alone(self) : new CellView(self, hosts);
        CellView last = view;
        Instant now = Instant.now();
        List<PeerHost> came = difference(next, last);
        List<PeerHost> went = difference(last, next);
        came.forEach(host -> since.put(host, now));
        went.forEach(since::remove);
        view = next;
        if (accepted instanceof MergeView) {
            metrics.increment(Metric.CELL_CHANGES, "merged");
        }
        metrics.add(Metric.CELL_CHANGES, came.size(), "joined");
        metrics.add(Metric.CELL_CHANGES, went.size(), "left");
        if (!came.isEmpty() || !went.isEmpty()) {
            log.info(
                    "cell {}: hosts alive: {}{}{}",
                    options.cell(),
                    next.hosts().size(),
                    names(", joined: ", came),
                    names(", gone: ", went));
            listeners.forEach(listener -> listener.accept(next));
        }
    }

    private void tellIfLeftOut(boolean left, int hosts) {
        if (left && !leftOut) {
            log.warn(
                    "cell {} has {} hosts, of which {} may share: this one is left out until others go. Give some hosts"
                            + " another peers.cell",
                    options.cell(),
                    hosts,
                    options.maxHosts());
        }
        leftOut = left;
    }

    private static List<PeerHost> difference(CellView of, CellView less) {
        return of.hosts().stream().filter(host -> !less.hosts().contains(host)).toList();
    }

    private static String names(String heading, List<PeerHost> hosts) {
        return hosts.isEmpty()
                ? ""
                : hosts.stream()
                        .limit(NAMED_IN_LOG)
                        .map(PeerHost::name)
                        .collect(Collectors.joining(", ", heading, hosts.size() > NAMED_IN_LOG ? ", …" : ""));
    }

    /** The hosts that are alive now. */
    public CellView view() {
        return view;
    }

    /** Since when {@code host} is in the view; empty if it isn't. */
    public synchronized Optional<Instant> since(PeerHost host) {
        return Optional.ofNullable(since.get(host));
    }

    /**
     * Tells {@code listener} each new view, and at once the present one. It is called by one thread at a time, in the order
     * of the views, and must not block.
     */
    public synchronized void onChange(Consumer<CellView> listener) {
        listeners.add(listener);
        listener.accept(view);
    }

    /** For tests, which break it. */
    JChannel channel() {
        return channel;
    }

    /** Leaves: the others know it at once. The view stays as it was. */
    @Override
    public void close() {
        channel.setReceiver(null);
        channel.close();
    }
}
