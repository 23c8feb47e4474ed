package io.tidepool.fuse.jnr;

import jnr.ffi.annotations.Delegate;

/**
 * The shapes of C functions that libfuse calls: from one to five machine words. All arguments of the operations that we
 * handle are 64-bit integers or pointers.
 */
public final class Callback {
    private Callback() {}

    /** A function of one word; also good for longer ones of which the rest is ignored (the C caller cleans up). */
    @FunctionalInterface
    public interface Words1 {
        @Delegate
        void call(long a);
    }

    /** A function of two words. */
    @FunctionalInterface
    public interface Words2 {
        @Delegate
        void call(long a, long b);
    }

    /** A function of three words. */
    @FunctionalInterface
    public interface Words3 {
        @Delegate
        void call(long a, long b, long c);
    }

    /** A function of four words. */
    @FunctionalInterface
    public interface Words4 {
        @Delegate
        void call(long a, long b, long c, long d);
    }

    /** A function of five words. */
    @FunctionalInterface
    public interface Words5 {
        @Delegate
        void call(long a, long b, long c, long d, long e);
    }
}
