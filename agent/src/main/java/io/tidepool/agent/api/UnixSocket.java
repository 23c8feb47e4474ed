package io.tidepool.agent.api;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The file of a listening Unix socket.
 *
 * <p>A server binds to a name beside it and then moves that into place: clients never see a socket with wrong permissions,
 * and a dead predecessor's file is replaced without a gap. All failures are one line for an operator. Not thread-safe.
 */
final class UnixSocket {
    /** The size of sun_path, less its final zero. */
    private static final int MAX_PATH_BYTES = 107;

    private static final int UNIX_MODE = 0170000;
    private static final int UNIX_MODE_SOCKET = 0140000;

    private final Path path;
    private final Path bindPath;
    private @Nullable Object publishedFile;

    private UnixSocket(Path path, Path bindPath) {
        this.path = path;
        this.bindPath = bindPath;
    }

    /**
     * Makes sure that a server may listen at {@code path}, and creates its directory.
     *
     * @throws IOException if an agent listens there, or it can't be used
     */
    static UnixSocket claim(Path path) throws IOException {
        Path absolute = path.toAbsolutePath();
        Path bindPath = absolute.resolveSibling(
                absolute.getFileName() + "." + ProcessHandle.current().pid());
        int length = bindPath.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_PATH_BYTES) {
            throw new IOException("the path of the socket is too long by " + (length - MAX_PATH_BYTES)
                    + " bytes for a Unix socket: " + absolute);
        }
        try {
            Files.createDirectories(Objects.requireNonNull(absolute.getParent()));
            refuseIfTaken(absolute);
            Files.deleteIfExists(bindPath);
        } catch (AccessDeniedException e) {
            throw new IOException("no permission to create the socket " + absolute + " (" + e.getFile() + ")", e);
        } catch (FileSystemException e) {
            throw new IOException("can't create the socket " + absolute + ": " + e.getMessage(), e);
        }
        return new UnixSocket(absolute, bindPath);
    }

    private static void refuseIfTaken(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & UNIX_MODE) != UNIX_MODE_SOCKET) {
            throw new IOException("the socket's path names something else, which is left alone: " + path);
        }
        if (isLive(path)) {
            throw new IOException("another agent is listening on " + path + ": stop it, or configure another socket");
        }
    }

    /** Whether somebody listens; never waits, for a hung agent's queue may be full. */
    private static boolean isLive(Path path) {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(path));
            return true;
        } catch (ConnectException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    Path path() {
        return path;
    }

    /** Where the server binds. */
    Path bindPath() {
        return bindPath;
    }

    /** Lets clients in: the owner and the group. */
    void publish() throws IOException {
        Files.setPosixFilePermissions(bindPath, PosixFilePermissions.fromString("rw-rw----"));
        publishedFile = fileKey(bindPath);
        Files.move(bindPath, path, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes the file, unless it is another server's by now. */
    void remove() throws IOException {
        Files.deleteIfExists(bindPath);
        if (publishedFile != null && Files.exists(path) && publishedFile.equals(fileKey(path))) {
            Files.delete(path);
        }
    }

    private static @Nullable Object fileKey(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }
}
