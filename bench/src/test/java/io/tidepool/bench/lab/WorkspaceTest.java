package io.tidepool.bench.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidepool.agent.cli.CommandFailure;
import io.tidepool.bench.Machines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens to the work, nothing is left of it. */
final class WorkspaceTest {
    @TempDir
    Path parent;

    @Test
    void closesWhatItOwnsLastFirstAndDeletesItsFiles() throws Exception {
        List<String> closed = new ArrayList<>();
        int exit = Workspace.with("w-", parent, 1, workspace -> {
            workspace.own(() -> closed.add("first"));
            workspace.own(() -> closed.add("second"));
            Path deep = Files.createDirectories(workspace.directory().resolve("a/b"));
            Files.createSymbolicLink(deep.resolve("link"), parent);
            Files.writeString(deep.resolve("file"), "x");
        });
        assertThat(exit).isZero();
        assertThat(closed).containsExactly("second", "first");
        assertThat(parent).exists();
        Machines.assertNothingLeft(parent);
    }

    @Test
    void aFailureIsOneLineAndCleansUpToo() throws Exception {
        assertThatThrownBy(() -> Workspace.with("w-", parent, 1, workspace -> {
                    throw new IllegalStateException("no more");
                }))
                .isInstanceOf(CommandFailure.class)
                .hasMessage("IllegalStateException: no more");
        Machines.assertNothingLeft(parent);
    }

    @Test
    void oneThingThatCannotBeClosedDoesNotKeepTheOthers() throws Exception {
        List<String> closed = new ArrayList<>();
        Workspace.with("w-", parent, 1, workspace -> {
            workspace.own(() -> closed.add("first"));
            workspace.own(() -> {
                throw new IllegalStateException("won't");
            });
        });
        assertThat(closed).containsExactly("first");
        Machines.assertNothingLeft(parent);
    }

    @Test
    void tooLittleSpaceIsSaidBeforeAnythingIsDone() {
        assertThatThrownBy(() -> Workspace.with("w-", parent, Long.MAX_VALUE, workspace -> {}))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("of free space in " + parent)
                .hasMessageContaining("--size");
    }
}
