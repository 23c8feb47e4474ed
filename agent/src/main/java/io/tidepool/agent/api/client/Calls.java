package io.tidepool.agent.api.client;

import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.StatusRuntimeException;
import io.tidepool.proto.v1.OpenLocalResponse;
import java.util.Iterator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes calls, and turns what goes wrong into {@link ClientException}s. Immutable. */
record Calls(AgentAddress agent) {
    <T> T unary(Supplier<T> call) throws ClientException {
        try {
            return call.get();
        } catch (StatusRuntimeException e) {
            throw ClientException.of(e, agent);
        }
    }

    /** Hands each message to {@code each} and returns the last; whatever {@code each} throws ends the agent's work. */
    <T, X extends Exception> T stream(Supplier<Iterator<T>> start, Each<? super T, X> each) throws ClientException, X {
        CancellableContext call = Context.ROOT.withCancellation();
        Context previous = call.attach();
        try {
            Iterator<T> answers = start.get();
            // Every streaming call of ours answers with at least one message.
            T last = next(answers);
            each.accept(last);
            while (hasNext(answers)) {
                last = next(answers);
                each.accept(last);
            }
            return last;
        } finally {
            call.detach(previous);
            call.cancel(null);
        }
    }

    /** Opens a lease that lives as long as its call; null if there is none to be had. */
    @Nullable
    LocalLease lease(Supplier<Iterator<OpenLocalResponse>> start) throws ClientException {
        CancellableContext call = Context.ROOT.withCancellation();
        LocalLease lease = null;
        Context previous = call.attach();
        try {
            OpenLocalResponse outcome = next(start.get());
            if (outcome.hasFile() && LocalLease.isHere(outcome.getFile())) {
                lease = new LocalLease(outcome.getFile(), call);
            }
            return lease;
        } finally {
            call.detach(previous);
            if (lease == null) {
                call.cancel(null);
            }
        }
    }

    private boolean hasNext(Iterator<?> answers) throws ClientException {
        return unary(answers::hasNext);
    }

    private <T> T next(Iterator<T> answers) throws ClientException {
        if (!hasNext(answers)) {
            throw ClientException.wrongAnswer("the agent ended the call without an answer");
        }
        return answers.next();
    }
}
