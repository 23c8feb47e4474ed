package io.tidepool.fuse;

/**
 * The error numbers that a file system of ours answers with, as Linux numbers them on x86-64 and aarch64.
 *
 * <p>{@link #exception()} is the cheap way to fail: one shared exception per number, without a stack trace.
 */
public enum Errno {
    EPERM(1),
    ENOENT(2),
    EINTR(4),
    EIO(5),
    EBADF(9),
    EAGAIN(11),
    ENOMEM(12),
    EACCES(13),
    EBUSY(16),
    EEXIST(17),
    EXDEV(18),
    ENOTDIR(20),
    EISDIR(21),
    EINVAL(22),
    EFBIG(27),
    ENOSPC(28),
    EROFS(30),
    ERANGE(34),
    ENAMETOOLONG(36),
    ENOSYS(38),
    ENODATA(61),
    EILSEQ(84),
    ENOTSUP(95),
    ENOTCONN(107),
    ETIMEDOUT(110),
    ESTALE(116);

    private final int number;

    Errno(int number) {
        this.number = number;
    }

    /** The positive number that system calls report. */
    public int number() {
        return number;
    }

    /** The exception that answers a request with this number. Shared and immutable: throw it, never wrap it. */
    public FuseException exception() {
        return FuseException.of(this);
    }
}
