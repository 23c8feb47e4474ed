package io.tidepool.agent.peer.control;

import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.tidepool.agent.peer.tracker.ToTracker;
import io.tidepool.proto.v1.Hello;
import io.tidepool.proto.v1.HostMessage;
import io.tidepool.proto.v1.TrackerMessage;
import io.tidepool.proto.v1.TrackerServiceGrpc;
import org.jspecify.annotations.Nullable;

/** A stream to the tracker on another host. */
final class RemoteLink implements Link {
    private final ClientCallStreamObserver<HostMessage> out;
    private boolean closed;

    private RemoteLink(ClientCallStreamObserver<HostMessage> out) {
        this.out = out;
    }

    /**
     * Opens a stream; it connects in the background.
     *
     * @param listener hears what the tracker says, and once why the stream ended, on a network thread: must not block
     */
    static RemoteLink open(ManagedChannel channel, String self, TrackerClient.Listener listener) {
        Replies replies = new Replies(listener);
        TrackerServiceGrpc.newStub(channel).session(replies);
        RemoteLink link = new RemoteLink(replies.requests());
        link.out.onNext(HostMessage.newBuilder()
                .setHello(Hello.newBuilder().setHost(self))
                .build());
        return link;
    }

    private static final class Replies implements ClientResponseObserver<HostMessage, TrackerMessage> {
        private final TrackerClient.Listener listener;
        private @Nullable ClientCallStreamObserver<HostMessage> requests;

        Replies(TrackerClient.Listener listener) {
            this.listener = listener;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<HostMessage> stream) {
            requests = stream;
        }

        ClientCallStreamObserver<HostMessage> requests() {
            if (requests == null) {
                throw new IllegalStateException("the call was not started");
            }
            return requests;
        }

        @Override
        public void onNext(TrackerMessage message) {
            try {
                listener.received(TrackerCodec.decode(message));
            } catch (IllegalArgumentException e) {
                requests().cancel("not understood: " + e.getMessage(), e);
            }
        }

        @Override
        public void onError(Throwable t) {
            listener.ended(String.valueOf(t.getMessage()));
        }

        @Override
        public void onCompleted() {
            listener.ended("the tracker ended it");
        }
    }

    @Override
    public void send(ToTracker message) {
        if (!closed) {
            out.onNext(TrackerCodec.encode(message));
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            out.cancel("closed", null);
        }
    }
}
