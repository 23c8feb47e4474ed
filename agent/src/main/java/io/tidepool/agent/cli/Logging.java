package io.tidepool.agent.cli;

import java.util.Arrays;
import java.util.Optional;

/**
 * Log settings that must stand before the first logger is made: log4j2.xml reads them.
 *
 * <p>{@code TIDEPOOL_LOG} is the level; without it the agent tells what it does and a command only what went wrong. {@code
 * TIDEPOOL_LOG_FORMAT=json} writes one JSON object a line.
 */
final class Logging {
    private Logging() {}

    static void configure(String[] args) {
        if (System.getenv("TIDEPOOL_LOG") == null) {
            boolean agent = Arrays.stream(args)
                    .filter(arg -> !arg.startsWith("-"))
                    .findFirst()
                    .equals(Optional.of("agent"));
            System.setProperty("tidepool.log", agent ? "INFO" : "WARN");
        }
    }
}
