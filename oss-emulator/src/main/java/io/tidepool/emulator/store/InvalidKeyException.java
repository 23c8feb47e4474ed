package io.tidepool.emulator.store;

/** A key that the bucket cannot hold. */
public final class InvalidKeyException extends RuntimeException {

    private static final long serialVersionUID = 1;

    InvalidKeyException(String key) {
        super("the key \"" + key
                + "\" cannot be stored: a key has 1 to 1023 bytes, and in a directory no empty, . or .."
                + " component");
    }
}
