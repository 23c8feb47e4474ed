package io.tidepool.agent.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketTest {
    @TempDir
    Path directory;

    private static ServerSocketChannel listen(Path path) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        return server.bind(UnixDomainSocketAddress.of(path));
    }

    @Test
    void isPublishedWithItsModeAndRemoved() throws IOException {
        Path path = directory.resolve("new/agent.sock");
        UnixSocket socket = UnixSocket.claim(path);
        try (ServerSocketChannel server = listen(socket.bindPath())) {
            assertThat(path).doesNotExist();
            socket.publish();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-rw----");
            assertThat(server.isOpen()).isTrue();
        }
        socket.remove();
        assertThat(path.getParent()).isEmptyDirectory();
    }

    @Test
    void aDeadAgentsFileIsReplaced() throws IOException {
        Path path = directory.resolve("agent.sock");
        listen(path).close();
        assertThat(path).exists();
        UnixSocket socket = UnixSocket.claim(path);
        try (ServerSocketChannel server = listen(socket.bindPath())) {
            socket.publish();
            assertThatIOException()
                    .isThrownBy(() -> UnixSocket.claim(path))
                    .withMessage("another agent is listening on " + path + ": stop it, or configure another socket");
            assertThat(server.isOpen()).isTrue();
        }
    }

    @Test
    void anAgentThatAcceptsNobodyIsStillAlive() throws IOException {
        Path path = directory.resolve("agent.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path), 1);
            // Nobody accepts: the queue fills, and a blocking connect would wait for ever.
            for (int i = 0; i < 8; i++) {
                assertThatIOException()
                        .isThrownBy(() -> UnixSocket.claim(path))
                        .withMessageStartingWith("another agent is listening");
            }
        }
    }

    @Test
    void somebodyElsesFileIsLeftAlone() throws IOException {
        Path path = Files.writeString(directory.resolve("agent.sock"), "mine");
        assertThatIOException().isThrownBy(() -> UnixSocket.claim(path)).withMessageContaining("left alone: " + path);
        assertThat(path).hasContent("mine");
    }

    @Test
    void aSuccessorsFileIsNotRemoved() throws IOException {
        Path path = directory.resolve("agent.sock");
        UnixSocket old = UnixSocket.claim(path);
        try (ServerSocketChannel server = listen(old.bindPath())) {
            old.publish();
            Files.delete(path);
            try (ServerSocketChannel successor = listen(path)) {
                old.remove();
                assertThat(path).exists();
                assertThat(successor.isOpen()).isTrue();
            }
            assertThat(server.isOpen()).isTrue();
        }
    }

    @Test
    void aPathThatIsTooLongIsSaidSo() {
        Path path = directory.resolve("x".repeat(120)).resolve("agent.sock");
        assertThatIOException().isThrownBy(() -> UnixSocket.claim(path)).withMessageContaining("too long by ");
    }
}
