package io.tidepool.agent.cli;

/**
 * Ends a command with one line for the person who typed it, and no stack trace: what is wrong and what to do. The exit
 * code is 1.
 */
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    public CommandFailure(String message) {
        super(message);
    }

    /** @param cause for {@code --debug} */
    public CommandFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
