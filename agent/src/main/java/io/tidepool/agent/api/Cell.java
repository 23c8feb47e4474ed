package io.tidepool.agent.api;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tidepool.agent.peer.tracker.CellView;
import io.tidepool.agent.peer.tracker.PeerHost;
import io.tidepool.proto.v1.CellServiceGrpc;
import io.tidepool.proto.v1.CellServiceGrpc.CellServiceBlockingStub;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The agents of this one's cell, this one included, and how to ask them. Thread-safe. */
public final class Cell {
    /** A host that says nothing for so long is left out of an answer about all. */
    private static final Duration ANSWER_TIME = Duration.ofSeconds(3);

    private final String name;
    private final Supplier<CellView> view;
    private final Function<PeerHost, Optional<Instant>> since;
    private final Function<PeerHost, ? extends Channel> channels;

    /**
     * @param view who is alive now
     * @param since from when on a host is in the view
     * @param channels to a host's control port; whoever made them closes them
     */
    public Cell(
            String name,
            Supplier<CellView> view,
            Function<PeerHost, Optional<Instant>> since,
            Function<PeerHost, ? extends Channel> channels) {
        this.name = name;
        this.view = view;
        this.since = since;
        this.channels = channels;
    }

    /**
     * What one host answered.
     *
     * @param value null if it didn't
     * @param trouble why, in one line; empty if it did
     */
    record Answer<T>(PeerHost host, @Nullable T value, String trouble) {}

    String name() {
        return name;
    }

    CellView view() {
        return view.get();
    }

    Optional<Instant> since(PeerHost host) {
        return since.apply(host);
    }

    /** For calls without a deadline. */
    CellServiceBlockingStub to(PeerHost host) {
        return CellServiceGrpc.newBlockingStub(channels.apply(host));
    }

    /** Asks all hosts at once; the answers are in the order of the view. */
    <T> List<Answer<T>> askAll(Function<CellServiceBlockingStub, T> question) throws InterruptedException {
        List<PeerHost> hosts = view().hosts();
        List<Callable<Answer<T>>> questions = new ArrayList<>();
        hosts.forEach(host -> questions.add(() -> ask(host, question)));
        List<Answer<T>> answers = new ArrayList<>();
        try (ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor()) {
            // Interrupted, it cancels what it has not finished.
            for (Future<Answer<T>> answer : askers.invokeAll(questions)) {
                answers.add(answer.get());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        return answers;
    }

    private <T> Answer<T> ask(PeerHost host, Function<CellServiceBlockingStub, T> question) {
        try {
            return new Answer<>(host, question.apply(to(host).withDeadlineAfter(ANSWER_TIME)), "");
        } catch (StatusRuntimeException e) {
            return new Answer<>(host, null, trouble(e));
        }
    }

    /** What went wrong with a call to a host, in one line. */
    static String trouble(StatusRuntimeException failure) {
        Status status = failure.getStatus();
        Throwable cause = status.getCause();
        return switch (status.getCode()) {
            case UNAVAILABLE, CANCELLED ->
                "can't be reached: "
                        + (cause == null
                                ? String.valueOf(status.getDescription())
                                : String.valueOf(cause.getMessage()));
            case DEADLINE_EXCEEDED -> "does not answer";
            case UNIMPLEMENTED -> "is of another version";
            default -> String.valueOf(status.getDescription());
        };
    }
}
