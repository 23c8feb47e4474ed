package io.tidepool.emulator.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One bucket's directory: a key is a relative path. Thread-safe; files that appear or change by other hands are seen at
 * the next request.
 *
 * <p>The ETag of a file up to 8 MiB is the MD5 of its bytes, as after a simple PUT; a bigger one has a digest of (key,
 * size, modification time, inode) that ends in {@code -1}, as after a multipart upload: an event loop cannot hash gigabytes.
 */
final class ObjectDirectory {

    private static final long MD5_LIMIT_BYTES = 8L << 20;

    private static final int MAX_ETAGS = 200_000;

    private final Path root;
    private final Path uploads;
    private final long crc64LimitBytes;
    private final ConcurrentHashMap<String, String> etags = new ConcurrentHashMap<>();

    ObjectDirectory(Path root, Path uploads, long crc64LimitBytes) throws IOException {
        this.root = Files.createDirectories(root);
        this.uploads = Files.createDirectories(uploads);
        this.crc64LimitBytes = crc64LimitBytes;
    }

    Optional<StoredObject> find(String key) {
        Optional<Path> path = path(key);
        if (path.isEmpty()) {
            return Optional.empty();
        }
        try {
            BasicFileAttributes attributes = Files.readAttributes(path.get(), BasicFileAttributes.class);
            return attributes.isRegularFile()
                    ? Optional.of(new FileObject(
                            key,
                            path.get(),
                            attributes.size(),
                            etag(key, path.get(), attributes),
                            attributes.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.SECONDS),
                            attributes.size() <= crc64LimitBytes))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Iterator<String> keys(String prefix, String from) {
        return new DirectoryKeys(root, prefix, from);
    }

    Path newUpload() throws IOException {
        return Files.createTempFile(uploads, "put-", ".part");
    }

    /** Moves a finished upload to its key, over what was there. */
    void commit(String key, Path upload) throws IOException {
        Path target = path(key).orElseThrow(() -> new InvalidKeyException(key));
        Files.createDirectories(target.getParent());
        Files.move(upload, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    boolean delete(String key) throws IOException {
        Optional<Path> path = path(key).filter(Files::isRegularFile);
        return path.isPresent() && Files.deleteIfExists(path.get());
    }

    /** Empty for a key that no file can have: empty, dot or dot-dot components, a trailing slash, NUL. */
    Optional<Path> path(String key) {
        for (String component : key.split("/", -1)) {
            if (component.isEmpty() || component.equals(".") || component.equals("..")) {
                return Optional.empty();
            }
        }
        try {
            return Optional.of(root.resolve(key));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private String etag(String key, Path path, BasicFileAttributes attributes) throws IOException {
        String identity = "%s\n%d\n%s\n%s"
                .formatted(key, attributes.size(), attributes.lastModifiedTime().toInstant(), attributes.fileKey());
        if (attributes.size() > MD5_LIMIT_BYTES) {
            return Digests.md5Hex(identity) + "-1";
        }
        String known = etags.get(identity);
        if (known == null) {
            known = Digests.md5Hex(Files.readAllBytes(path));
            if (etags.size() >= MAX_ETAGS) {
                etags.clear();
            }
            etags.put(identity, known);
        }
        return known;
    }
}
