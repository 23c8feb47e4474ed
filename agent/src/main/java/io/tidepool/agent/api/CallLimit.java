package io.tidepool.agent.api;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/** Refuses calls over a number, however many connections they come by. Thread-safe. */
final class CallLimit implements ServerInterceptor {
    private final Semaphore permits;
    private final int maxCalls;

    CallLimit(int maxCalls) {
        this.maxCalls = maxCalls;
        this.permits = new Semaphore(maxCalls);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (!permits.tryAcquire()) {
            StatusRuntimeException busy =
                    GrpcErrors.busy("the agent runs " + maxCalls + " calls, as many as it may; try again later");
            call.close(busy.getStatus(), Objects.requireNonNull(busy.getTrailers()));
            return new ServerCall.Listener<>() {};
        }
        AtomicBoolean held = new AtomicBoolean(true);
        Runnable release = () -> {
            if (held.getAndSet(false)) {
                permits.release();
            }
        };
        try {
            return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
                // Exactly one of these two ends every call.
                @Override
                public void onCancel() {
                    release.run();
                    super.onCancel();
                }

                @Override
                public void onComplete() {
                    release.run();
                    super.onComplete();
                }
            };
        } catch (RuntimeException e) {
            release.run();
            throw e;
        }
    }
}
