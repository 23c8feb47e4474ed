package io.tidepool.fuse.jnr;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.provider.ClosureManager;

/**
 * The table of functions that libfuse calls (struct fuse_lowlevel_ops of 2.9: 41 pointers). What isn't in it libfuse answers
 * with ENOSYS, and the kernel then doesn't ask again and does what is right by itself: flush and fsync succeed, locks are
 * local, access is checked by default_permissions.
 *
 * <p>Whoever uses the table must hold this object: the functions are closures, and they are collected with it.
 */
final class Operations {
    /** How many pointers the table has. */
    static final int COUNT = 41;

    private final MemorySegment table = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, COUNT);
    private final List<Object> held = new ArrayList<>();
    private final ClosureManager closures = Runtime.getSystemRuntime().getClosureManager();

    Operations(Callback.Words2 init, Requests requests, ReadRequests reads) {
        put(0, Callback.Words2.class, init);
        put(2, Callback.Words3.class, requests::lookup);
        put(3, Callback.Words3.class, requests::forget);
        put(4, Callback.Words3.class, requests::getattr);
        put(14, Callback.Words3.class, requests::open);
        put(15, Callback.Words5.class, reads::read);
        put(18, Callback.Words3.class, requests::release);
        put(20, Callback.Words3.class, requests::opendir);
        put(21, Callback.Words5.class, requests::readdir);
        put(22, Callback.Words3.class, requests::releasedir);
        put(24, Callback.Words2.class, requests::statfs);
        put(26, Callback.Words4.class, requests::getxattr);
        put(27, Callback.Words3.class, requests::listxattr);
        put(38, Callback.Words3.class, requests::forgetMany);
        // setattr, mknod, mkdir, unlink, rmdir, symlink, rename, link, write, setxattr, removexattr, create, fallocate
        for (int index : new int[] {5, 7, 8, 9, 10, 11, 12, 13, 16, 25, 28, 30, 40}) {
            put(index, Callback.Words1.class, requests::readOnly);
        }
    }

    long address() {
        return table.address();
    }

    long bytes() {
        return table.byteSize();
    }

    private <T> void put(int index, Class<T> shape, T function) {
        Pointer pointer = closures.getClosurePointer(shape, function);
        held.add(function);
        held.add(pointer);
        table.setAtIndex(ValueLayout.JAVA_LONG, index, pointer.address());
    }
}
