package io.tidepool.agent.peer.control;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tidepool.agent.peer.tracker.FromTracker;
import io.tidepool.proto.v1.HostMessage;
import io.tidepool.proto.v1.TrackerMessage;
import io.tidepool.proto.v1.TrackerServiceGrpc.TrackerServiceImplBase;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets other hosts talk to this one's tracker. Thread-safe. */
public final class TrackerService extends TrackerServiceImplBase {
    private static final Logger log = LoggerFactory.getLogger(TrackerService.class);

    private final TrackerLoop tracker;

    public TrackerService(TrackerLoop tracker) {
        this.tracker = tracker;
    }

    @Override
    public StreamObserver<HostMessage> session(StreamObserver<TrackerMessage> replies) {
        Session session = new Session(replies);
        // With a handler, what is sent after the other side has gone is dropped instead of thrown at the tracker.
        ((ServerCallStreamObserver<TrackerMessage>) replies).setOnCancelHandler(session::end);
        return session;
    }

    private final class Session implements StreamObserver<HostMessage> {
        private final StreamObserver<TrackerMessage> replies;
        /** One object for the whole session: the loop knows it by its identity. */
        private final Consumer<FromTracker> out;

        private @Nullable String host;

        Session(StreamObserver<TrackerMessage> replies) {
            this.replies = replies;
            this.out = message -> replies.onNext(TrackerCodec.encode(message));
        }

        @Override
        public void onNext(HostMessage message) {
            try {
                String from = host;
                if (from != null) {
                    tracker.received(from, TrackerCodec.decode(message));
                } else if (message.hasHello() && !message.getHello().getHost().isEmpty()) {
                    host = message.getHello().getHost();
                    tracker.connected(host, out);
                } else {
                    throw new IllegalArgumentException("no hello");
                }
            } catch (IllegalArgumentException e) {
                log.warn("ended the session of {}: {}", host, e.getMessage());
                end();
                replies.onError(
                        Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException());
            }
        }

        @Override
        public void onError(Throwable t) {
            end();
        }

        @Override
        public void onCompleted() {
            end();
            replies.onCompleted();
        }

        private void end() {
            String from = host;
            if (from != null) {
                tracker.disconnected(from, out);
            }
        }
    }
}
