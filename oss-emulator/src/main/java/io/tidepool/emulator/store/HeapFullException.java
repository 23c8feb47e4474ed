package io.tidepool.emulator.store;

/** The emulator holds as many object bytes on its heap as it may. */
public final class HeapFullException extends RuntimeException {

    private static final long serialVersionUID = 1;

    HeapFullException(long limitBytes) {
        super("The emulator keeps objects on its heap, at most " + limitBytes
                + " bytes of them (half of -Xmx): delete some, or start it with --dir.");
    }
}
