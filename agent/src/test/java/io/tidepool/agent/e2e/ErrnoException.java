package io.tidepool.agent.e2e;

import io.tidepool.fuse.Errno;
import java.io.IOException;
import java.io.Serial;
import java.util.Arrays;

/** A system call failed. */
final class ErrnoException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    private final int errno;

    ErrnoException(String call, int errno) {
        super(call + ": " + name(errno));
        this.errno = errno;
    }

    int errno() {
        return errno;
    }

    static String name(int errno) {
        return Arrays.stream(Errno.values())
                .filter(known -> known.number() == errno)
                .map(Enum::name)
                .findFirst()
                .orElse("errno " + errno);
    }
}
