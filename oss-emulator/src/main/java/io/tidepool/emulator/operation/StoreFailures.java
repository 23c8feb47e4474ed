package io.tidepool.emulator.operation;

import io.tidepool.emulator.protocol.OssError;
import io.tidepool.emulator.store.HeapFullException;
import io.tidepool.emulator.store.InvalidKeyException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** What the store says no to, in OSS's words. */
public final class StoreFailures {

    private StoreFailures() {}

    /** Empty for what is nobody's fault but the emulator's. */
    public static Optional<OssError> asOss(Throwable failure) {
        return Optional.ofNullable(
                switch (failure) {
                    case OssError known -> known;
                    case InvalidKeyException _ ->
                        OssError.of(400, "InvalidObjectName", "The specified object is not valid.");
                    case HeapFullException full ->
                        OssError.of(400, "EntityTooLarge", String.valueOf(full.getMessage()));
                    default -> null;
                });
    }

    /** Without the wrapping of futures and lambdas. */
    public static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        boolean wraps = failure instanceof CompletionException || failure instanceof UncheckedIOException;
        return wraps && cause != null ? unwrapped(cause) : failure;
    }
}
