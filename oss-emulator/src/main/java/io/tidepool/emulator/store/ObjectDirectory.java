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
import java.util.Comparator;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

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
    private final ConcurrentHashMap<String, Known> known = new ConcurrentHashMap<>();

    /** What a request said of a file, for as long as the file stays the same; not kept over a restart. */
    private record Known(String identity, Attributes attributes) {}

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
                    ? Optional.of(new FileObject(facts(key, path.get(), attributes), path.get()))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Facts facts(String key, Path path, BasicFileAttributes attributes) throws IOException {
        return new Facts(
                key,
                attributes.size(),
                etag(key, path, attributes),
                attributes.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.SECONDS),
                attributes.size() <= crc64LimitBytes,
                known(key, attributes));
    }

    Iterator<String> keys(String prefix, String from) {
        return new DirectoryKeys(root, prefix, from);
    }

    Path newUpload() throws IOException {
        return Files.createTempFile(uploads, "put-", ".part");
    }

    /** Moves a finished upload to its key, over what was there. */
    void commit(String key, Path upload, Attributes attributes) throws IOException {
        Path target = path(key).orElseThrow(() -> new InvalidKeyException(key));
        Files.createDirectories(target.getParent());
        Files.move(upload, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        remember(key, attributes);
    }

    /** Attributes of the file as it is now. */
    void remember(String key, Attributes attributes) throws IOException {
        Optional<Path> path = path(key);
        if (attributes.equals(Attributes.NONE) || path.isEmpty()) {
            known.remove(key);
            return;
        }
        if (known.size() >= MAX_ETAGS) {
            known.clear();
        }
        String identity = identity(key, Files.readAttributes(path.get(), BasicFileAttributes.class));
        known.put(key, new Known(identity, attributes));
    }

    /** Deletes the directory; its subdirectories must be empty. */
    void deleteTree() throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    boolean delete(String key) throws IOException {
        known.remove(key);
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
        String identity = identity(key, attributes);
        if (attributes.size() > MD5_LIMIT_BYTES) {
            return Digests.md5Hex(identity) + "-1";
        }
        String etag = etags.get(identity);
        if (etag == null) {
            etag = Digests.md5Hex(Files.readAllBytes(path));
            if (etags.size() >= MAX_ETAGS) {
                etags.clear();
            }
            etags.put(identity, etag);
        }
        return etag;
    }

    private Attributes known(String key, BasicFileAttributes file) {
        Known entry = known.get(key);
        return entry != null && entry.identity().equals(identity(key, file)) ? entry.attributes() : Attributes.NONE;
    }

    private static String identity(String key, BasicFileAttributes file) {
        return "%s\n%d\n%s\n%s"
                .formatted(key, file.size(), file.lastModifiedTime().toInstant(), file.fileKey());
    }
}
