package io.tidepool.agent.cli.client;

/** Something to do if the user stops the command (Ctrl-C, SIGTERM) before it is closed. */
final class ExitHook implements AutoCloseable {
    private final Thread hook;

    ExitHook(Runnable onExit) {
        hook = new Thread(onExit, "on-exit");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending, and the hook runs.
            return;
        }
    }
}
