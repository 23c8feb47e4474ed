package io.tidepool.agent.cli;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.cli.config.ConfigException;
import io.tidepool.fuse.MountException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns whatever ends a command early into one line on standard error and an exit code. */
final class CommandErrors {
    private CommandErrors() {}

    /** Exit code 2: says what is wrong, what was probably meant, and where to read more. */
    static int wrongUsage(ParameterException wrong, String[] args) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter err = command.getErr();
        if (String.valueOf(wrong.getMessage()).startsWith("Missing required subcommand")) {
            command.usage(err);
            return ExitCode.USAGE;
        }
        err.println("tidepool: " + wrong.getMessage());
        UnmatchedArgumentException.printSuggestions(wrong, err);
        if (command.getParent() == null
                && wrong instanceof UnmatchedArgumentException unmatched
                && unmatched.isUnknownOption()) {
            err.println("Options go after the command, as in 'tidepool status --json'.");
        }
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.USAGE;
    }

    /** Exit code 1: a failure we foresaw says it all in its message; of any other the stack trace is kept in a file. */
    static int failed(Exception failure, CommandLine command, boolean debug) {
        PrintWriter err = command.getErr();
        String message = String.valueOf(failure.getMessage());
        if (debug) {
            failure.printStackTrace(err);
        }
        if (isForeseen(failure)) {
            err.println("tidepool: " + message);
        } else {
            err.println("tidepool: unexpected " + failure.getClass().getSimpleName() + ": " + message
                    + (debug ? "" : " (" + keepStackTrace(failure) + ")"));
        }
        return ExitCode.SOFTWARE;
    }

    private static boolean isForeseen(Exception failure) {
        return failure instanceof CommandFailure
                || failure instanceof ConfigException
                || failure instanceof ChunkException
                || failure instanceof MountException;
    }

    private static String keepStackTrace(Exception failure) {
        try {
            Path log = Files.createTempFile("tidepool-error-", ".log");
            try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(log))) {
                out.println(Version.line());
                failure.printStackTrace(out);
            }
            return "stack trace: " + log;
        } catch (IOException e) {
            return "run it with --debug for the stack trace";
        }
    }
}
