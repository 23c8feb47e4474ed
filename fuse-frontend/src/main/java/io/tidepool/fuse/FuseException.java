package io.tidepool.fuse;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * The answer "this failed with errno" of a {@link FileSystem}. An answer rather than a defect, so it has no stack trace;
 * get it from {@link Errno#exception()}. Whoever throws it has logged or counted the reason, if there is one to tell.
 */
public final class FuseException extends Exception {
    private static final Map<Errno, FuseException> SHARED = new EnumMap<>(Errno.class);

    static {
        for (Errno errno : Errno.values()) {
            SHARED.put(errno, new FuseException(errno));
        }
    }

    private final Errno errno;

    private FuseException(Errno errno) {
        // No suppression and no stack trace: one instance per errno is shared by all threads.
        super(errno.name(), null, false, false);
        this.errno = errno;
    }

    static FuseException of(Errno errno) {
        return Objects.requireNonNull(SHARED.get(errno));
    }

    public Errno errno() {
        return errno;
    }
}
