package io.tidepool.fuse;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The file system of the contract tests: a tree in memory whose files are {@link Pattern}s of any size. A test can replace a
 * file (a new inode under the old name; opening the old one is ESTALE), let it fail, and hold its requests at a {@link Gate}.
 * Every call is counted. Thread-safe.
 */
final class MemoryFileSystem implements FileSystem {
    static final Instant MODIFIED = Instant.parse("2024-02-29T12:34:56.789012345Z");

    /** What an inode is; the test changes how it behaves. */
    static final class Node {
        final long ino;
        final FileKind kind;
        final long sizeBytes;
        volatile long seed;
        final ConcurrentSkipListMap<Long, String> order = new ConcurrentSkipListMap<>();
        final Map<String, Node> children = new ConcurrentHashMap<>();
        volatile long cookie;
        volatile boolean replaced;
        volatile boolean keepCache = true;
        volatile @Nullable Errno openFails;
        volatile @Nullable Errno readFails;
        volatile @Nullable RuntimeException readThrows;
        volatile @Nullable Gate gate;

        private Node(long ino, FileKind kind, long sizeBytes, long seed) {
            this.ino = ino;
            this.kind = kind;
            this.sizeBytes = sizeBytes;
            this.seed = seed;
        }
    }

    final Map<String, LongAdder> calls = new ConcurrentHashMap<>();
    final Map<String, Gate> lookupGates = new ConcurrentHashMap<>();
    final Map<Long, LongAdder> lookupCounts = new ConcurrentHashMap<>();
    volatile Duration validFor = Duration.ofMinutes(1);
    /** The longest that the binding kept a read before it asked for it. */
    final AtomicLong longestWaitNanos = new AtomicLong();

    private final Map<Long, Node> nodes = new ConcurrentHashMap<>();
    private final Map<Long, Node> handles = new ConcurrentHashMap<>();
    private final AtomicLong lastIno = new AtomicLong(ROOT);
    private final AtomicLong lastHandle = new AtomicLong(100);
    private final AtomicLong lastCookie = new AtomicLong();

    MemoryFileSystem() {
        nodes.put(ROOT, new Node(ROOT, FileKind.DIRECTORY, 0, 0));
    }

    Node root() {
        return nodes.get(ROOT);
    }

    Node directory(Node parent, String name) {
        return add(parent, name, FileKind.DIRECTORY, 0, 0);
    }

    Node file(String name, long sizeBytes, long seed) {
        return add(root(), name, FileKind.FILE, sizeBytes, seed);
    }

    Node add(Node parent, String name, FileKind kind, long sizeBytes, long seed) {
        Node node = new Node(lastIno.incrementAndGet(), kind, sizeBytes, seed);
        nodes.put(node.ino, node);
        Node old = parent.children.put(name, node);
        if (old == null) {
            node.cookie = lastCookie.incrementAndGet();
            parent.order.put(node.cookie, name);
        } else {
            node.cookie = old.cookie;
            old.replaced = true;
        }
        return node;
    }

    void remove(Node parent, String name) {
        Node node = parent.children.remove(name);
        if (node != null) {
            node.replaced = true;
            parent.order.remove(node.cookie);
        }
    }

    long count(String call) {
        LongAdder adder = calls.get(call);
        return adder == null ? 0 : adder.sum();
    }

    int openHandles() {
        return handles.size();
    }

    @Override
    public Entry lookup(long parent, String name) throws FuseException, InterruptedException {
        counted("lookup");
        Gate gate = lookupGates.get(name);
        if (gate != null) {
            gate.await();
        }
        Node node = node(parent).children.get(name);
        if (node == null) {
            return Entry.absent(validFor);
        }
        lookupCounts.computeIfAbsent(node.ino, ino -> new LongAdder()).increment();
        return new Entry(node.ino, attributes(node), validFor);
    }

    @Override
    public void forget(long ino, long lookups) {
        counted("forget");
        lookupCounts.computeIfAbsent(ino, key -> new LongAdder()).add(-lookups);
    }

    @Override
    public Attributes getattr(long ino) throws FuseException {
        counted("getattr");
        return attributes(node(ino));
    }

    @Override
    public long opendir(long ino) throws FuseException {
        counted("opendir");
        return opened(node(ino));
    }

    @Override
    public void readdir(long handle, long cookie, DirectorySink sink) throws FuseException {
        counted("readdir");
        Node directory = handle(handle);
        for (Map.Entry<Long, String> entry :
                directory.order.tailMap(cookie, false).entrySet()) {
            Node child = directory.children.get(entry.getValue());
            if (child != null && !sink.add(entry.getValue(), child.ino, child.kind, entry.getKey())) {
                return;
            }
        }
    }

    @Override
    public void releasedir(long handle) {
        counted("releasedir");
        handles.remove(handle);
    }

    @Override
    public Opened open(long ino, int flags) throws FuseException {
        counted("open");
        Node node = node(ino);
        if (node.openFails != null) {
            throw node.openFails.exception();
        }
        if (node.replaced) {
            counted("open ESTALE");
            throw Errno.ESTALE.exception();
        }
        return new Opened(opened(node), node.keepCache);
    }

    @Override
    public int readNow(long handle, long offset, ByteBuffer dst) throws FuseException {
        counted("readNow");
        Node node = handle(handle);
        if (node.readThrows != null) {
            throw node.readThrows;
        }
        Gate gate = node.gate;
        if (gate != null && !gate.isOpen()) {
            return WOULD_BLOCK;
        }
        return fill(node, offset, dst);
    }

    @Override
    public int read(long handle, long offset, ByteBuffer dst, long askedNanos)
            throws FuseException, InterruptedException {
        counted("read");
        longestWaitNanos.accumulateAndGet(System.nanoTime() - askedNanos, Math::max);
        Node node = handle(handle);
        Gate gate = node.gate;
        if (gate != null) {
            gate.await();
        }
        return fill(node, offset, dst);
    }

    @Override
    public void release(long handle) {
        counted("release");
        handles.remove(handle);
    }

    @Override
    public FileSystemStats statfs() {
        counted("statfs");
        return new FileSystemStats(4096, 1_000_000, 400_000, nodes.size(), 255);
    }

    @Override
    public byte[] getxattr(long ino, String name) throws FuseException {
        counted("getxattr");
        if (!name.equals("user.oss.etag")) {
            throw Errno.ENODATA.exception();
        }
        return Long.toHexString(node(ino).seed).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public List<String> listxattr(long ino) {
        counted("listxattr");
        return List.of("user.oss.etag");
    }

    private int fill(Node node, long offset, ByteBuffer dst) throws FuseException {
        if (node.readFails != null) {
            throw node.readFails.exception();
        }
        int bytes = Math.clamp(node.sizeBytes - offset, 0, dst.remaining());
        Pattern.fill(node.seed, offset, dst.limit(dst.position() + bytes));
        return bytes;
    }

    private Attributes attributes(Node node) {
        boolean directory = node.kind == FileKind.DIRECTORY;
        int permissions = directory ? 0755 : 0644;
        return new Attributes(node.kind, node.sizeBytes, MODIFIED, permissions, 1234, 567, directory ? 2 : 1, validFor);
    }

    private long opened(Node node) {
        long handle = lastHandle.incrementAndGet();
        handles.put(handle, node);
        return handle;
    }

    private Node node(long ino) throws FuseException {
        Node node = nodes.get(ino);
        if (node == null) {
            throw Errno.ESTALE.exception();
        }
        return node;
    }

    private Node handle(long handle) throws FuseException {
        Node node = handles.get(handle);
        if (node == null) {
            throw Errno.EBADF.exception();
        }
        return node;
    }

    private void counted(String call) {
        calls.computeIfAbsent(call, key -> new LongAdder()).increment();
    }
}
