package io.tidepool.agent.cli.config;

/** The configuration can't be used. The message is one line: file, line, key, what is wrong, what to write instead. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1;

    ConfigException(String message) {
        super(message);
    }
}
