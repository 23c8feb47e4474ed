package io.tidepool.agent.peer.control;

import io.grpc.BindableService;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.peer.PeerTls;
import io.tidepool.agent.peer.tracker.CellView;
import io.tidepool.agent.peer.tracker.FromTracker;
import io.tidepool.agent.peer.tracker.PeerHost;
import io.tidepool.agent.peer.tracker.ToTracker;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * This host's part in the cell's talk: its tracker, what it says to other trackers, and the server that others reach it by.
 * Thread-safe.
 */
public final class PeerControl implements AutoCloseable {
    private final PeerHost self;
    private final @Nullable PeerTls tls;
    private final ControlChannels channels;
    private final TrackerLoop tracker;
    private final TrackerClient client;
    private volatile @Nullable ControlServer server;

    /**
     * Other hosts are known once {@link #viewChanged} tells them, and reach this one after {@link #listen}.
     *
     * @param tls null for plaintext
     * @param held what the cache has
     * @param heartbeat how busy this host is for others
     */
    public PeerControl(
            PeerHost self,
            @Nullable PeerTls tls,
            HeldChunks held,
            Supplier<ToTracker.Heartbeat> heartbeat,
            Metrics metrics) {
        this.self = self;
        this.tls = tls;
        this.channels = new ControlChannels(tls == null ? InsecureChannelCredentials.create() : tls.controlClient());
        this.tracker = new TrackerLoop(CellView.alone(self), metrics);
        this.client = new TrackerClient(self, new CellLinks(heartbeat), held, metrics);
    }

    /**
     * Listens on this host's control address.
     *
     * @param other what others may call here besides the tracker
     * @throws IOException with one line for an operator
     */
    public void listen(BindableService other) throws IOException {
        server = ControlServer.start(
                self.control(),
                tls == null ? InsecureServerCredentials.create() : tls.controlServer(),
                List.of(new TrackerService(tracker), other));
    }

    /** What this host asks the trackers. */
    public TrackerClient trackers() {
        return client;
    }

    /** For calls of other services; owned by this. */
    public ControlChannels channels() {
        return channels;
    }

    /** The hosts of the cell are others now. */
    public void viewChanged(CellView view) {
        channels.viewChanged(view);
        tracker.viewChanged(view);
        client.viewChanged(view);
    }

    private final class CellLinks implements TrackerClient.Links {
        private final Supplier<ToTracker.Heartbeat> heartbeat;

        CellLinks(Supplier<ToTracker.Heartbeat> heartbeat) {
            this.heartbeat = heartbeat;
        }

        @Override
        public Link open(PeerHost host, TrackerClient.Listener listener) {
            return host.id().equals(self.id())
                    ? new LocalLink(listener)
                    : RemoteLink.open(channels.to(host), self.id(), listener);
        }

        @Override
        public ToTracker.Heartbeat heartbeat() {
            return heartbeat.get();
        }
    }

    /** The way to this host's own tracker. */
    private final class LocalLink implements Link {
        private final Consumer<FromTracker> out;

        LocalLink(TrackerClient.Listener listener) {
            out = listener::received;
            tracker.connected(self.id(), out);
        }

        @Override
        public void send(ToTracker message) {
            tracker.received(self.id(), message);
        }

        @Override
        public void close() {
            tracker.disconnected(self.id(), out);
        }
    }

    @Override
    public void close() {
        client.close();
        tracker.close();
        channels.close();
        ControlServer listening = server;
        if (listening != null) {
            listening.close();
        }
    }
}
