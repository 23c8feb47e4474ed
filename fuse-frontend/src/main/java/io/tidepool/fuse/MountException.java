package io.tidepool.fuse;

import java.io.IOException;

/** Why a mount is not possible, in one line for the person who asked for it, with what to do about it. */
public final class MountException extends IOException {
    public MountException(String message) {
        super(message);
    }
}
