package io.tidepool.agent.api;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.fuse.Errno;

/** The one place where a {@link ChunkException} becomes an errno. */
final class Errnos {
    private Errnos() {}

    /** For names: stat, open, list. */
    static Errno of(ChunkException.Kind kind) {
        return switch (kind) {
            case NOT_FOUND -> Errno.ENOENT;
            case IS_DIRECTORY -> Errno.EISDIR;
            case NOT_DIRECTORY -> Errno.ENOTDIR;
            case STALE -> Errno.ESTALE;
            case ACCESS_DENIED -> Errno.EACCES;
            // INVALID: the kernel checks a reader's offset and length, so it is the origin that refuses what we ask.
            case THROTTLED, UNAVAILABLE, CORRUPT, DEADLINE, INTERNAL, INVALID -> Errno.EIO;
            case INTERRUPTED -> Errno.EINTR;
        };
    }

    /** For bytes of an open handle: an object that is gone is stale there. */
    static Errno ofHandle(ChunkException.Kind kind) {
        return kind == ChunkException.Kind.NOT_FOUND ? Errno.ESTALE : of(kind);
    }
}
