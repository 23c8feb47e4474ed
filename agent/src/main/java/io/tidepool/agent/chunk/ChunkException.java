package io.tidepool.agent.chunk;

import org.jspecify.annotations.Nullable;

/**
 * Why bytes could not be had. The one exception between the layers: the edges turn its {@link Kind} into an errno (FUSE)
 * or a status (gRPC), each in one exhaustive switch.
 *
 * <p>The message is for an operator: it names the key, the request id if there is one, and what to do. A miss is not an
 * exception.
 */
public final class ChunkException extends Exception {
    private static final long serialVersionUID = 1;

    private final Kind kind;

    /** What went wrong, as far as a caller can act on it. */
    public enum Kind {
        /** There is no such object or path. */
        NOT_FOUND(false),
        /** The path names a directory where a file is needed. */
        IS_DIRECTORY(false),
        /** The path names a file where a directory is needed. */
        NOT_DIRECTORY(false),
        /** The version was replaced or deleted at the origin, and these bytes are not cached. */
        STALE(false),
        /** The origin refuses our credentials. */
        ACCESS_DENIED(false),
        /** The origin asks us to slow down. */
        THROTTLED(true),
        /** The origin is away or answers 5xx. */
        UNAVAILABLE(true),
        /** The bytes or the answer's headers are not what was asked for. */
        CORRUPT(true),
        /** The request's time is over. */
        DEADLINE(false),
        /** The reader went away. */
        INTERRUPTED(false),
        /** The request itself is wrong: offset, length, option; or the origin takes ours for wrong: no such bucket. */
        INVALID(false),
        /** The agent's own machinery failed: disk, index, memory. */
        INTERNAL(false);

        private final boolean retryable;

        Kind(boolean retryable) {
            this.retryable = retryable;
        }

        /** Whether another try at the origin may succeed. */
        public boolean retryable() {
            return retryable;
        }
    }

    public ChunkException(Kind kind, String message) {
        this(kind, message, null);
    }

    public ChunkException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /**
     * The same failure with the caller's own stack, for handing one fill's failure to each of its readers.
     */
    public ChunkException copy() {
        return new ChunkException(kind, String.valueOf(getMessage()), this);
    }
}
