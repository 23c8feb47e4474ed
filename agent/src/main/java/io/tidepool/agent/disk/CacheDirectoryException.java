package io.tidepool.agent.disk;

import org.jspecify.annotations.Nullable;

/** The cache directory can't be used. The message is one line for the operator: what is wrong, and what to do. */
public final class CacheDirectoryException extends Exception {
    private static final long serialVersionUID = 1;

    CacheDirectoryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
