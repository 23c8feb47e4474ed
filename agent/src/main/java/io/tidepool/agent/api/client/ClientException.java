package io.tidepool.agent.api.client;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tidepool.agent.api.GrpcErrors;
import io.tidepool.proto.v1.ErrorKind;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** A call to an agent that failed. The message is one line that a person can act on. */
public final class ClientException extends Exception {
    private static final long serialVersionUID = 1;

    private final Reason reason;
    private final ErrorKind kind;

    /** What a program can act on before it looks at the kind. */
    public enum Reason {
        /** Nobody listens at the address, or not for us. */
        NO_AGENT,
        /** The connection ended before the answer did. */
        CONNECTION_LOST,
        /** The agent answered with an error, see {@link #kind()}. */
        REFUSED,
        /** The caller's thread was interrupted, or cancelled the call. */
        CANCELLED,
        /** The answer isn't what was asked for: fewer bytes, another file. */
        WRONG_ANSWER
    }

    ClientException(Reason reason, ErrorKind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.kind = kind;
    }

    static ClientException wrongAnswer(String message) {
        return new ClientException(Reason.WRONG_ANSWER, ErrorKind.ERROR_KIND_UNSPECIFIED, message, null);
    }

    static ClientException of(StatusRuntimeException failure, AgentAddress agent) {
        Metadata trailers = failure.getTrailers() == null ? new Metadata() : failure.getTrailers();
        ErrorKind kind = GrpcErrors.kindOf(trailers);
        Status status = failure.getStatus();
        String description = String.valueOf(status.getDescription());
        if (kind != ErrorKind.ERROR_KIND_UNSPECIFIED) {
            return new ClientException(Reason.REFUSED, kind, description, failure);
        }
        return switch (status.getCode()) {
            case UNAVAILABLE -> unavailable(failure, agent);
            case CANCELLED -> new ClientException(Reason.CANCELLED, kind, "cancelled", failure);
            case DEADLINE_EXCEEDED ->
                new ClientException(
                        Reason.CONNECTION_LOST, kind, "the agent on " + agent + " did not answer in time", failure);
            case UNIMPLEMENTED ->
                new ClientException(
                        Reason.REFUSED,
                        kind,
                        "the agent on " + agent + " does not know this call: it is of another version",
                        failure);
            default -> new ClientException(Reason.REFUSED, kind, status.getCode() + ": " + description, failure);
        };
    }

    private static ClientException unavailable(StatusRuntimeException failure, AgentAddress agent) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String why = String.valueOf(root.getMessage());
        if (why.contains("Permission denied")) {
            return noAgent(failure, "no permission to use " + agent + ": run it as a member of the socket's group");
        }
        return switch (root) {
            case FileNotFoundException e -> noAgent(failure, nobody(agent));
            case ConnectException e -> noAgent(failure, nobody(agent));
            case UnknownHostException e -> noAgent(failure, "the agent's host is unknown: " + agent);
            case IOException e ->
                new ClientException(
                        Reason.CONNECTION_LOST,
                        ErrorKind.ERROR_KIND_UNSPECIFIED,
                        "lost the connection to the agent on " + agent + ": " + why,
                        failure);
            default ->
                new ClientException(
                        Reason.CONNECTION_LOST,
                        ErrorKind.ERROR_KIND_UNSPECIFIED,
                        "the agent on " + agent + " went away: "
                                + failure.getStatus().getDescription(),
                        failure);
        };
    }

    private static String nobody(AgentAddress agent) {
        return "no agent is listening on " + agent + ": start one with `tidepool agent --config FILE`";
    }

    private static ClientException noAgent(StatusRuntimeException failure, String message) {
        return new ClientException(Reason.NO_AGENT, ErrorKind.ERROR_KIND_UNSPECIFIED, message, failure);
    }

    public Reason reason() {
        return reason;
    }

    /** Why the agent refused; UNSPECIFIED if it wasn't the agent that did. */
    public ErrorKind kind() {
        return kind;
    }
}
