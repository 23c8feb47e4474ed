package io.tidepool.agent.cli.client;

import com.google.protobuf.Message;
import io.tidepool.agent.api.client.AgentAddress;
import io.tidepool.agent.api.client.ClientException;
import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.agent.cli.MessageJson;
import io.tidepool.agent.cli.Table;
import io.tidepool.agent.cli.Terminal;
import io.tidepool.proto.v1.ErrorKind;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * What the commands that talk to an agent have in common: where it listens, how to print, and how they end.
 *
 * <p>Answers go to standard output, for people as tables and with {@code --json} as one object a line; everything else goes to
 * standard error.
 */
abstract class ClientCommand implements Callable<Integer> {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int NO_AGENT = 3;
    static final int NOT_FOUND = 4;
    /** What a shell reports of a program whose reader went away, as {@code head} does. */
    static final int BROKEN_PIPE = 141;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--socket",
            paramLabel = "ADDRESS",
            defaultValue = "${env:TIDEPOOL_SOCKET:-/run/tidepool/agent.sock}",
            description =
                    "The agent: path of its socket, or host:port (also: TIDEPOOL_SOCKET). Default: ${DEFAULT-VALUE}")
    String socket = "";

    private final Terminal terminal;

    ClientCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Does it; returns the exit code. */
    abstract int run(TidepoolClient client) throws ClientException, IOException;

    @Override
    public Integer call() {
        AgentAddress address;
        try {
            address = AgentAddress.parse(socket);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        try (TidepoolClient client = new TidepoolClient(address)) {
            int code = run(client);
            return terminal.out().checkError() ? BROKEN_PIPE : code;
        } catch (ClientException e) {
            complain(String.valueOf(e.getMessage()));
            return exitCode(e);
        } catch (BrokenPipeException e) {
            return BROKEN_PIPE;
        } catch (IOException e) {
            complain(e.getMessage() == null ? e.toString() : e.getMessage());
            return FAILED;
        } finally {
            terminal.out().flush();
        }
    }

    private static int exitCode(ClientException e) {
        if (e.reason() == ClientException.Reason.NO_AGENT) {
            return NO_AGENT;
        }
        return e.kind() == ErrorKind.ERROR_KIND_NOT_FOUND ? NOT_FOUND : FAILED;
    }

    Terminal terminal() {
        return terminal;
    }

    /** One line on standard error. */
    void complain(String message) {
        terminal.err().println("tidepool: " + Table.escape(message));
    }

    void print(String line) {
        terminal.out().println(line);
    }

    void print(Table table) {
        terminal.out().print(table);
    }

    void printJson(Message message) {
        print(MessageJson.line(message));
    }

    /** Stops a command whose output nobody reads any more. */
    void stopIfOutputIsClosed() throws BrokenPipeException {
        if (terminal.out().checkError()) {
            throw new BrokenPipeException();
        }
    }

    /** Standard output was closed by its reader. */
    static final class BrokenPipeException extends IOException {
        private static final long serialVersionUID = 1;

        BrokenPipeException() {
            super("standard output was closed");
        }
    }
}
