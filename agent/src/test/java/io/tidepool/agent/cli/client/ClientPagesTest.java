package io.tidepool.agent.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.cli.Terminal;
import io.tidepool.proto.v1.AdminProto;
import io.tidepool.proto.v1.ErrorKind;
import io.tidepool.proto.v1.ReadProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** docs/CLI.md and docs/API.md name all that there is. */
class ClientPagesTest {
    private static final Path DOCS = Path.of("..", "docs");

    @Command(name = "tidepool")
    private static final class Root {}

    @Test
    void theCommandLinesPageNamesEveryCommandAndOption() throws IOException {
        String page = Files.readString(DOCS.resolve("CLI.md"));
        CommandLine line = new CommandLine(new Root());
        ClientCommands.all(Terminal.system()).forEach(line::addSubcommand);
        line.getSubcommands().forEach((name, command) -> {
            assertThat(page).contains("| `" + name);
            command.getCommandSpec()
                    .options()
                    .forEach(option -> assertThat(page).as(name).contains(option.names()[0]));
        });
    }

    @Test
    void theApisPageNamesEveryCallAndError() throws IOException {
        String page = Files.readString(DOCS.resolve("API.md"));
        ReadProto.getDescriptor()
                .findServiceByName("ReadService")
                .getMethods()
                .forEach(method -> assertThat(page).contains("`" + method.getName() + "`"));
        AdminProto.getDescriptor()
                .findServiceByName("AdminService")
                .getMethods()
                .forEach(method -> assertThat(page).contains("`" + method.getName() + "`"));
        ErrorKind.getDescriptor().getValues().stream()
                .map(kind -> kind.getName().substring("ERROR_KIND_".length()))
                .filter(kind -> !kind.equals("UNSPECIFIED"))
                .forEach(kind -> assertThat(page).contains("| `" + kind + "` |"));
    }
}
