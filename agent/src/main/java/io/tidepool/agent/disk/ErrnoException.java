package io.tidepool.agent.disk;

import java.io.IOException;

/** A system call that failed, with its errno. */
final class ErrnoException extends IOException {
    private static final long serialVersionUID = 1;

    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int EAGAIN = 11;
    static final int ENOSPC = 28;
    static final int EROFS = 30;
    static final int EDQUOT = 122;

    private final int errno;

    ErrnoException(String call, String subject, int errno, String description) {
        super(call + " " + subject + ": " + description + " (errno " + errno + ")");
        this.errno = errno;
    }

    int errno() {
        return errno;
    }

    /** Whether the file system, or the user's quota of it, is full. */
    boolean isNoSpace() {
        return errno == ENOSPC || errno == EDQUOT;
    }
}
