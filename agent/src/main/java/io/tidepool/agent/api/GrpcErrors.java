package io.tidepool.agent.api;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.proto.v1.ErrorKind;

/**
 * The one place where failures become gRPC statuses.
 *
 * <p>Each status carries its {@link ErrorKind} by name in the ASCII trailer {@code tidepool-error-kind}, for one code
 * stands for several kinds. See proto/…/error.proto.
 */
public final class GrpcErrors {
    /** Holds an {@link ErrorKind} without its prefix: {@code NOT_FOUND}. */
    public static final Metadata.Key<String> KIND_KEY =
            Metadata.Key.of("tidepool-error-kind", Metadata.ASCII_STRING_MARSHALLER);

    private static final String PREFIX = "ERROR_KIND_";

    private GrpcErrors() {}

    static StatusRuntimeException of(ChunkException failure) {
        return status(code(failure.kind()), kind(failure.kind()), String.valueOf(failure.getMessage()));
    }

    /** The agent runs as much as it may. */
    static StatusRuntimeException busy(String message) {
        return status(Status.Code.RESOURCE_EXHAUSTED, ErrorKind.ERROR_KIND_BUSY, message);
    }

    /** The caller went away, or the agent is shutting down. */
    static StatusRuntimeException interrupted() {
        return of(new ChunkException(ChunkException.Kind.INTERRUPTED, "the call was cancelled"));
    }

    /** A defect of ours; its stack is in the agent's log, not in the answer. */
    static StatusRuntimeException defect(Throwable defect) {
        return of(new ChunkException(
                ChunkException.Kind.INTERNAL, "internal error, see the agent's log: " + defect, defect));
    }

    /** The kind that a status carries; UNSPECIFIED if it is none of ours. */
    public static ErrorKind kindOf(Metadata trailers) {
        String name = trailers.get(KIND_KEY);
        for (ErrorKind kind : ErrorKind.values()) {
            if (kind.name().equals(PREFIX + name)) {
                return kind;
            }
        }
        return ErrorKind.ERROR_KIND_UNSPECIFIED;
    }

    /** The contract's word for a kind. */
    static ErrorKind kind(ChunkException.Kind kind) {
        return switch (kind) {
            case NOT_FOUND -> ErrorKind.ERROR_KIND_NOT_FOUND;
            case IS_DIRECTORY -> ErrorKind.ERROR_KIND_IS_DIRECTORY;
            case NOT_DIRECTORY -> ErrorKind.ERROR_KIND_NOT_DIRECTORY;
            case STALE -> ErrorKind.ERROR_KIND_STALE;
            case ACCESS_DENIED -> ErrorKind.ERROR_KIND_ACCESS_DENIED;
            case THROTTLED -> ErrorKind.ERROR_KIND_THROTTLED;
            case UNAVAILABLE -> ErrorKind.ERROR_KIND_UNAVAILABLE;
            case CORRUPT -> ErrorKind.ERROR_KIND_CORRUPT;
            case DEADLINE -> ErrorKind.ERROR_KIND_DEADLINE;
            case INTERRUPTED -> ErrorKind.ERROR_KIND_INTERRUPTED;
            case INVALID -> ErrorKind.ERROR_KIND_INVALID;
            case INTERNAL -> ErrorKind.ERROR_KIND_INTERNAL;
        };
    }

    /** The code that generic clients act on. */
    static Status.Code code(ChunkException.Kind kind) {
        return switch (kind) {
            case NOT_FOUND -> Status.Code.NOT_FOUND;
            // The path must be used otherwise; asking again can't help.
            case IS_DIRECTORY, NOT_DIRECTORY -> Status.Code.FAILED_PRECONDITION;
            // "Retry at a higher level": open it anew.
            case STALE -> Status.Code.ABORTED;
            case ACCESS_DENIED -> Status.Code.PERMISSION_DENIED;
            case THROTTLED -> Status.Code.RESOURCE_EXHAUSTED;
            case UNAVAILABLE -> Status.Code.UNAVAILABLE;
            case CORRUPT -> Status.Code.DATA_LOSS;
            case DEADLINE -> Status.Code.DEADLINE_EXCEEDED;
            case INTERRUPTED -> Status.Code.CANCELLED;
            case INVALID -> Status.Code.INVALID_ARGUMENT;
            case INTERNAL -> Status.Code.INTERNAL;
        };
    }

    private static StatusRuntimeException status(Status.Code code, ErrorKind kind, String message) {
        Metadata trailers = new Metadata();
        trailers.put(KIND_KEY, kind.name().substring(PREFIX.length()));
        return code.toStatus().withDescription(message).asRuntimeException(trailers);
    }
}
