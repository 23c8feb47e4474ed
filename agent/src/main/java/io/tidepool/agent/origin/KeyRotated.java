package io.tidepool.agent.origin;

/** The cause of a refusal of an access key that is not the one in force any more: the same request with the new one helps. */
final class KeyRotated extends Exception {
    private static final long serialVersionUID = 1;

    KeyRotated(Throwable cause) {
        super("the access key has been replaced meanwhile", cause);
    }

    static boolean isCauseOf(Throwable failure) {
        return failure.getCause() instanceof KeyRotated;
    }
}
