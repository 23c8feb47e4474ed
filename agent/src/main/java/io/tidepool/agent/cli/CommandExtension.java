package io.tidepool.agent.cli;

import java.util.List;

/**
 * Commands of another module, found by {@link java.util.ServiceLoader}: {@code demo}, {@code bench} and {@code
 * oss-emulator} are on a developer's class path and never in the agent's image.
 */
public interface CommandExtension {
    /** New picocli command objects, each annotated with its name. */
    List<Object> commands();
}
