package io.tidepool.agent.origin;

import com.aliyun.oss.common.auth.Credentials;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Properties;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file with an access key that is read again when it changes.
 *
 * <p>Looking whether it changed is one {@code stat} a request, so no request is signed with a key that was replaced
 * before it. Thread-safe.
 */
final class CredentialsFile implements Supplier<Credentials> {
    private static final Logger LOG = LoggerFactory.getLogger(CredentialsFile.class);

    /** What tells that a file is another one; Kubernetes replaces a secret by renaming a symbolic link. */
    private record Stamp(
            FileTime modified, long sizeBytes, @Nullable Object inode) {}

    private record Loaded(@Nullable Stamp stamp, Credentials credentials) {}

    private final Path file;
    private volatile Loaded loaded;

    private CredentialsFile(Path file, Loaded loaded) {
        this.file = file;
        this.loaded = loaded;
    }

    static CredentialsFile open(Path file) {
        try {
            return new CredentialsFile(file, load(file));
        } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    @Override
    public Credentials get() {
        Loaded now = loaded;
        Stamp stamp = stamp(file);
        return stamp == null || stamp.equals(now.stamp) ? now.credentials : reload(now, stamp);
    }

    private Credentials reload(Loaded before, Stamp stamp) {
        try {
            Loaded after = load(file);
            loaded = after;
            LOG.info("access key read again from {}", file);
            return after.credentials;
        } catch (IOException e) {
            // The new stamp is kept, so that a bad file is logged once and not at every request.
            loaded = new Loaded(stamp, before.credentials);
            LOG.warn("{}; the last key stays in use", e.getMessage());
            return before.credentials;
        }
    }

    private static Loaded load(Path file) throws IOException {
        Stamp stamp = stamp(file);
        Properties lines = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            lines.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            // Not the exception's own message: it may quote the file.
            throw new IOException("credentials file " + file + " can't be read ("
                    + e.getClass().getSimpleName() + ")");
        }
        Credentials credentials = KeyNames.read(lines::getProperty);
        if (credentials == null) {
            throw new IOException(
                    "credentials file " + file + " lacks a line OSS_ACCESS_KEY_ID=… or OSS_ACCESS_KEY_SECRET=…");
        }
        return new Loaded(stamp, credentials);
    }

    private static @Nullable Stamp stamp(Path file) {
        try {
            BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(a.lastModifiedTime(), a.size(), a.fileKey());
        } catch (IOException e) {
            return null;
        }
    }
}
