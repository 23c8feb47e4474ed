package io.tidepool.agent.api;

import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.tidepool.agent.peer.tracker.PeerHost;
import io.tidepool.proto.v1.ErrorKind;
import io.tidepool.proto.v1.HostWarm;
import io.tidepool.proto.v1.HostWarmState;
import io.tidepool.proto.v1.WarmProgress;
import io.tidepool.proto.v1.WarmRequest;
import java.util.Iterator;

/** One host of a fleet's warm-up. One thread runs it, any thread may look. */
final class HostWarming {
    private final PeerHost host;
    private volatile WarmProgress progress = WarmProgress.getDefaultInstance();
    private volatile HostWarmState state = HostWarmState.HOST_WARM_STATE_RUNNING;
    private volatile String message = "";

    /** How it ended. */
    enum Outcome {
        DONE,
        /** Another host may do better. */
        HOST_FAILED,
        /** The same would happen to any host. */
        FILES_FAILED
    }

    HostWarming(PeerHost host) {
        this.host = host;
    }

    /** Returns when the host has all files, or will not. Interrupt it to stop the host's work. */
    Outcome run(Cell cell, WarmRequest request) throws InterruptedException {
        Context.CancellableContext call = Context.ROOT.withCancellation();
        Context previous = call.attach();
        try {
            Iterator<WarmProgress> answers = cell.to(host).warm(request);
            while (answers.hasNext()) {
                progress = answers.next();
            }
            return ended();
        } catch (StatusRuntimeException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            fail(Cell.trouble(e));
            return Outcome.HOST_FAILED;
        } finally {
            call.detach(previous);
            call.cancel(null);
        }
    }

    private Outcome ended() {
        if (progress.getFailedFiles() == 0) {
            state = HostWarmState.HOST_WARM_STATE_DONE;
            return Outcome.DONE;
        }
        fail(progress.getFailedFiles() + " of " + progress.getTotalFiles() + " files failed");
        // A disk that keeps nothing is the host's own; what the origin said, it says to all.
        return progress.getFailuresList().stream()
                        .anyMatch(failure -> failure.getKind() == ErrorKind.ERROR_KIND_INTERNAL)
                ? Outcome.HOST_FAILED
                : Outcome.FILES_FAILED;
    }

    private void fail(String why) {
        message = why;
        state = HostWarmState.HOST_WARM_STATE_FAILED;
    }

    PeerHost host() {
        return host;
    }

    HostWarmState state() {
        return state;
    }

    /** The last that the host told. */
    WarmProgress progress() {
        return progress;
    }

    HostWarm message() {
        WarmProgress now = progress;
        HostWarm.Builder built = HostWarm.newBuilder()
                .setHost(host.name())
                .setState(state)
                .setTotalBytes(now.getTotalBytes())
                .setDoneBytes(now.getDoneBytes())
                .setBytesPerSecond(now.getBytesPerSecond())
                .addAllSources(now.getSourcesList())
                .setMessage(message);
        if (now.hasEta()) {
            built.setEta(now.getEta());
        }
        return built.build();
    }
}
