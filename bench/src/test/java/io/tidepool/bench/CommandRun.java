package io.tidepool.bench;

import io.tidepool.agent.cli.Tidepool;
import java.io.PrintWriter;
import java.io.StringWriter;

/** What a command line did: its exit code, and what it printed. */
public record CommandRun(int exitCode, String out, String err) {
    /** Runs {@code tidepool ARGUMENTS…} in this JVM. */
    public static CommandRun of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Tidepool.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new CommandRun(exitCode, out.toString(), err.toString());
    }
}
