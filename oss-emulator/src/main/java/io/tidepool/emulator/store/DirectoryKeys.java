package io.tidepool.emulator.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a directory tree in UTF-8 order, lazily: a directory is read when the walk reaches it, and not at all
 * when none of its keys can match. A directory sorts as its name with a slash, which makes the order of a depth-first
 * walk the order of the keys. Symbolic links to files count as files, to directories are not followed.
 */
final class DirectoryKeys implements Iterator<String> {

    private final String prefix;
    private final String from;
    private final ArrayDeque<Iterator<Child>> stack = new ArrayDeque<>();
    private @Nullable String next;

    private record Child(Path path, String key) {
        boolean isDirectory() {
            return key.endsWith("/");
        }
    }

    /** Keys that start with {@code prefix} and are not less than {@code from}. */
    DirectoryKeys(Path root, String prefix, String from) {
        this.prefix = prefix;
        this.from = from;
        if (Files.isDirectory(root)) {
            stack.push(children(root, "").iterator());
        }
        advance();
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public String next() {
        String key = next;
        if (key == null) {
            throw new NoSuchElementException();
        }
        advance();
        return key;
    }

    private void advance() {
        next = null;
        while (next == null && !stack.isEmpty()) {
            if (!stack.element().hasNext()) {
                stack.pop();
                continue;
            }
            Child child = stack.element().next();
            if (!child.isDirectory()) {
                next = child.key();
            } else {
                stack.push(children(child.path(), child.key()).iterator());
            }
        }
    }

    private List<Child> children(Path directory, String base) {
        List<Child> children = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path path : entries) {
                String name = path.getFileName().toString();
                boolean isDirectory = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
                String key = base + name + (isDirectory ? "/" : "");
                if (isDirectory ? mayHold(key) : holds(path, key)) {
                    children.add(new Child(path, key));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        children.sort(Comparator.comparing(Child::key, KeyOrder.UTF_8));
        return children;
    }

    private boolean mayHold(String directoryKey) {
        boolean inPrefix = directoryKey.startsWith(prefix) || prefix.startsWith(directoryKey);
        return inPrefix && (KeyOrder.UTF_8.compare(directoryKey, from) >= 0 || from.startsWith(directoryKey));
    }

    private boolean holds(Path path, String key) {
        return key.startsWith(prefix) && KeyOrder.UTF_8.compare(key, from) >= 0 && Files.isRegularFile(path);
    }
}
