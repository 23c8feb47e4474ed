package io.tidepool.bench.lab;

import io.tidepool.agent.cli.CommandFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Programs of the system that end at once. */
final class Commands {
    private Commands() {}

    /**
     * Runs a program and waits for it, whoever interrupts.
     *
     * @param input for its standard input
     * @return what it printed
     * @throws CommandFailure with its last words if it failed, or isn't there
     */
    static String run(List<String> command, String input) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.onExit().join().exitValue() != 0) {
                throw new CommandFailure("`" + String.join(" ", command) + "` failed: " + said.strip());
            }
            return said;
        } catch (IOException e) {
            throw new CommandFailure("can't run `" + command.getFirst() + "`: " + e.getMessage(), e);
        }
    }
}
