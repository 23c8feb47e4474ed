package io.tidepool.agent.origin;

import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.chunk.ObjectVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Where a key's file lies under an origin's root, and which version it is. Immutable. */
final class DirectoryFiles {
    /** As in a bucket. It also ends walks through links that lead back up. */
    private static final int MAX_KEY_BYTES = 1023;

    private static final String ATTRIBUTES = "unix:ino,lastModifiedTime,size,isRegularFile,isDirectory";

    private final String origin;
    private final Path root;

    private DirectoryFiles(String origin, Path root) {
        this.origin = origin;
        this.root = root;
    }

    static DirectoryFiles open(String origin, Path root) {
        try {
            Path real = root.toRealPath();
            if (Files.isDirectory(real)) {
                return new DirectoryFiles(origin, real);
            }
        } catch (IOException e) {
            // The line below says it.
        }
        throw new IllegalArgumentException("origin " + origin + ": " + root + " is not a directory that can be read");
    }

    /** The real path of what {@code key} names, file or directory; null if it names nothing inside the root. */
    @Nullable
    Path find(String key) throws IOException {
        if (!isPlain(key)) {
            return null;
        }
        try {
            Path real = root.resolve(key).toRealPath();
            return real.startsWith(root) ? real : null;
        } catch (NoSuchFileException | InvalidPathException e) {
            return null;
        } catch (FileSystemException e) {
            if (isNoSuchName(e)) {
                return null;
            }
            throw e;
        }
    }

    /** ENOTDIR (a file where a directory is named), ENAMETOOLONG and ELOOP have no exception of their own. */
    private static boolean isNoSuchName(FileSystemException e) {
        String reason = String.valueOf(e.getReason());
        return reason.contains("Not a directory") || reason.contains("too long") || reason.contains("Too many levels");
    }

    private static boolean isPlain(String key) {
        String path = key.endsWith("/") ? key.substring(0, key.length() - 1) : key;
        if (path.isEmpty()) {
            return true;
        }
        return path.indexOf('\0') < 0
                && key.getBytes(StandardCharsets.UTF_8).length <= MAX_KEY_BYTES
                && List.of(path.split("/", -1)).stream().noneMatch(c -> c.isEmpty() || c.equals(".") || c.equals(".."));
    }

    /** The empty object that stands for a directory. */
    ObjectInfo marker(String prefix, Path directory) throws IOException {
        return new ObjectInfo(
                new ObjectVersion(origin, prefix, "directory", 0),
                Files.getLastModifiedTime(directory).toInstant(),
                OptionalLong.empty());
    }

    /** What {@code file} is now; null if it is no regular file, or gone. */
    @Nullable
    ObjectInfo info(String key, Path file) throws IOException {
        Map<String, Object> a;
        try {
            a = Files.readAttributes(file, ATTRIBUTES);
        } catch (NoSuchFileException e) {
            return null;
        }
        if (key.endsWith("/") || !Boolean.TRUE.equals(a.get("isRegularFile"))) {
            return null;
        }
        FileTime modified = (FileTime) Objects.requireNonNull(a.get("lastModifiedTime"));
        long size = (Long) Objects.requireNonNull(a.get("size"));
        String etag = a.get("ino") + "-" + modified.to(TimeUnit.NANOSECONDS) + "-" + size;
        return new ObjectInfo(new ObjectVersion(origin, key, etag, size), modified.toInstant(), OptionalLong.empty());
    }
}
