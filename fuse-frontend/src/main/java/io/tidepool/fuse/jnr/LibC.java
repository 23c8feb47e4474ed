package io.tidepool.fuse.jnr;

import jnr.ffi.LibraryLoader;
import jnr.ffi.annotations.IgnoreError;
import jnr.ffi.annotations.Out;

/** The system calls on descriptors that the binding needs. */
public interface LibC {
    LibC INSTANCE = LibraryLoader.create(LibC.class).failImmediately().load("libc.so.6");

    @IgnoreError
    int pipe(@Out int[] readAndWriteEnd);

    @IgnoreError
    long read(int descriptor, long address, long bytes);

    @IgnoreError
    long write(int descriptor, long address, long bytes);

    @IgnoreError
    int close(int descriptor);
}
