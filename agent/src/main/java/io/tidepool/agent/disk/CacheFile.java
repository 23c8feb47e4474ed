package io.tidepool.agent.disk;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.ObjectVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One object version's sparse file: the state machine that everything else in this package leans on.
 *
 * <p>Two locks. The monitor of {@code this} guards all fields and is held for nanoseconds (and for an open(2) where the
 * descriptor was closed meanwhile), never while bytes move: {@link #pin} is in the way of every read. {@link #changes}
 * orders what must be the same in the index and in memory; it is taken first, held over index writes, and never on the
 * way of a read.
 *
 * <p>Whoever uses the file counts as a user: regions, writers, punchers, lent paths. A file that is removed while it has
 * users is unlinked at once; its descriptor and its space go with the last of them. A removed file is {@code gone} for
 * good: whoever stores into the version next gets another {@code CacheFile}.
 */
final class CacheFile {
    /** What a writer got. */
    enum Claim {
        /** The range is its own until {@link #release}. */
        GRANTED,
        /** The chunk is there already. */
        PRESENT,
        /** The file was removed: look the version up again. */
        GONE,
        /** The agent stops. */
        SHUT
    }

    private final ObjectVersion version;
    private final Path path;
    private final CacheFiles files;
    private final ReentrantLock changes = new ReentrantLock();

    private final ChunkSets chunks;
    private int users;
    private @Nullable PosixFile file;
    private long lastUsedNanos;
    private long lastLoadedMicros;
    private boolean touched;
    private boolean lent;
    private boolean gone;
    private boolean shut;

    CacheFile(VersionRecord record, Path path, CacheFiles files) {
        this.version = record.version();
        this.lastLoadedMicros = record.lastLoadedMicros();
        this.lent = record.lent();
        this.path = path;
        this.files = files;
        this.chunks = new ChunkSets(version.sizeBytes());
    }

    ObjectVersion version() {
        return version;
    }

    Path path() {
        return path;
    }

    // ---- reading

    /**
     * Makes sure that the chunk's bytes stay until {@link #unpin}.
     *
     * @param unverified whether a chunk that must be checked first will do
     * @return the open file, or null if the chunk isn't there
     * @throws IOException if the file can't be opened
     */
    synchronized @Nullable PosixFile pin(int index, boolean unverified) throws IOException {
        if (gone || shut || !(unverified ? chunks.isPresent(index) : chunks.isVerified(index))) {
            return null;
        }
        PosixFile open = opened(false);
        chunks.pin(index);
        users++;
        return open;
    }

    synchronized void unpin(int index) {
        chunks.unpin(index);
        leave();
    }

    /** Keeps the whole file in place until {@link #leave}; false unless all of it is there and verified. */
    boolean lend() throws IOException {
        changes.lock();
        try {
            synchronized (this) {
                if (gone || shut || !chunks.isAllVerified()) {
                    return false;
                }
                users++;
            }
            return recordLent();
        } finally {
            changes.unlock();
        }
    }

    private boolean recordLent() throws IOException {
        try {
            files.index().putVersion(record(true));
        } catch (IOException e) {
            leave();
            throw e;
        }
        synchronized (this) {
            lent = true;
        }
        return true;
    }

    synchronized void leave() {
        users--;
        if (users == 0 && gone) {
            closeAndFree();
        } else if (users == 0 && shut) {
            closeDescriptor();
        }
    }

    private PosixFile opened(boolean create) throws IOException {
        PosixFile open = file;
        if (open == null) {
            open = PosixFile.open(path, create);
            file = open;
            files.opened();
        }
        lastUsedNanos = System.nanoTime();
        return open;
    }

    void readWell() {
        files.health().read();
    }

    /** The chunk's bytes can't be had any more. Drops it and counts that; returns what to throw. */
    IOException lost(ChunkId id, String reason, String detail) {
        files.trouble().notReadable(id, reason, detail);
        drop(id.index());
        return new IOException("cached chunk lost: " + id + " (" + detail + ")");
    }

    /**
     * The disk would not give the chunk's bytes. Drops it, for the next store writes them anew; but not when the whole disk
     * fails, for they may be there when that works again. Returns what to throw.
     */
    IOException unreadable(ChunkId id, IOException e) {
        files.trouble().notReadable(id, e);
        if (files.health().whyNotRead() == null) {
            drop(id.index());
        }
        return new IOException("cached chunk can't be read: " + id + " (" + e.getMessage() + ")", e);
    }

    /** The file can't be opened. If it is because someone deleted it, it is forgotten. */
    void notOpened(int index, IOException e) {
        if (DiskTrouble.isMissing(e)) {
            files.trouble().notReadable(version.chunk(index), "missing_file", String.valueOf(e.getMessage()));
            remove(true);
        } else {
            files.trouble().notReadable(version.chunk(index), e);
        }
    }

    // ---- writing

    /** Takes a chunk's range for writing; waits while another thread has it. */
    synchronized Claim claim(int index) {
        boolean interrupted = false;
        while (chunks.isBusy(index) && !gone && !shut) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (gone || shut) {
            return gone ? Claim.GONE : Claim.SHUT;
        }
        if (chunks.isVerified(index)) {
            return Claim.PRESENT;
        }
        enter(index);
        return Claim.GRANTED;
    }

    private void enter(int index) {
        chunks.setBusy(index, true);
        users++;
    }

    private synchronized void exit(int index) {
        chunks.setBusy(index, false);
        notifyAll();
        leave();
    }

    /** Writer only: whether the range's space is counted already. */
    synchronized boolean isAllocated(int index) {
        return chunks.isAllocated(index);
    }

    /**
     * Writer only: forgets all chunks if someone has cut the file short behind our back. What is written next would close the gap with
     * zeros, which would then pass for the chunks that were there.
     */
    void removeIfCut() throws IOException {
        ChunkId last;
        PosixFile open;
        synchronized (this) {
            if (gone || chunks.isNonePresent()) {
                return;
            }
            last = version.chunk(chunks.lastPresent());
            open = opened(false);
        }
        if (open.size() < last.offset() + last.length()) {
            files.trouble().notReadable(last, "short_read", "someone has cut its file short");
            remove(true);
        }
    }

    /** Writer only: the range's space has been reserved. Returns the file to write to; null if it was removed. */
    synchronized @Nullable PosixFile allocate(int index) throws IOException {
        chunks.allocate(index);
        if (gone) {
            return null;
        }
        // Were a file made anew that someone deleted behind our back, its other chunks would read as zeros.
        return opened(chunks.isNonePresent());
    }

    /** Writer only: names the chunk in the index; its bytes are in the file. False if that was removed. */
    boolean commit(int index, ChunkRecord record) throws IOException {
        changes.lock();
        try {
            if (isGone()) {
                return false;
            }
            files.index().putChunk(record(false), index, record);
            appear(index, true);
            return true;
        } finally {
            changes.unlock();
        }
    }

    /** Writer only: ends the claim. A range that was not committed is given back, unless an old chunk is still there. */
    void release(int index) {
        if (isAbandoned(index)) {
            punch(index);
        }
        exit(index);
        removeIfEmpty();
    }

    private synchronized boolean isAbandoned(int index) {
        return !gone && !shut && chunks.isAllocated(index) && !chunks.isPresent(index);
    }

    /** Gives a range's space back. The caller has it busy, and the index doesn't name it. */
    private long punch(int index) {
        try {
            PosixFile open;
            synchronized (this) {
                open = opened(false);
            }
            // The whole range: a hole up to the middle of a file system block would leave that block allocated.
            open.punchHole(ChunkLayout.chunkOffset(index), ChunkLayout.CHUNK_BYTES);
        } catch (IOException e) {
            files.trouble().other("punch", "space stays taken until the file goes", e);
            return 0;
        }
        synchronized (this) {
            if (gone) {
                return 0;
            }
            chunks.unallocate(index);
        }
        files.space().release(chunks.occupied(index));
        return chunks.occupied(index);
    }

    /** The index names the chunk: at start, or just now. */
    synchronized void appear(int index, boolean verified) {
        if (chunks.appear(index, verified)) {
            files.chunkAppeared();
        }
    }

    /** The chunk's bytes were checked. */
    void markVerified(ChunkId id, ChunkRecord record) throws IOException {
        changes.lock();
        try {
            synchronized (this) {
                if (gone || !chunks.isPresent(id.index()) || chunks.isVerified(id.index())) {
                    return;
                }
            }
            files.index().markVerified(id, record);
            appear(id.index(), true);
        } finally {
            changes.unlock();
        }
    }

    // ---- forgetting

    /**
     * Forgets one chunk and gives its space back: at once if nobody uses the range, else when the chunk is stored anew or
     * evicted.
     *
     * @return bytes given back
     */
    long drop(int index) {
        long freed = 0;
        changes.lock();
        try {
            if (isLent()) {
                // Whoever has the path open must not see a hole: the file goes as a whole.
                return remove(true);
            }
            if (disappear(index) && enterIfIdle(index)) {
                freed = punch(index);
                exit(index);
            }
            removeIfEmpty();
        } finally {
            changes.unlock();
        }
        return freed;
    }

    /** Takes the chunk off memory and index; false if the index keeps it, so that its bytes must stay. */
    private boolean disappear(int index) {
        synchronized (this) {
            if (gone || shut) {
                return false;
            }
            if (!chunks.disappear(index)) {
                return true;
            }
            files.chunksDisappeared(1);
        }
        try {
            files.index().deleteChunk(version.id(), index);
            BitSet one = new BitSet();
            one.set(index);
            files.gone(version, one);
            return true;
        } catch (IOException e) {
            files.trouble().notForgotten(version.chunk(index), e);
            return false;
        }
    }

    private synchronized boolean enterIfIdle(int index) {
        boolean idle = !gone && !shut && chunks.isIdle(index);
        if (idle) {
            enter(index);
        }
        return idle;
    }

    /** Drops the next chunk, round and round, that nobody reads or writes. Returns the bytes given back. */
    long punchNext() {
        int index;
        synchronized (this) {
            index = gone || lent ? -1 : chunks.nextIdle();
        }
        return index < 0 ? 0 : drop(index);
    }

    /**
     * Forgets all chunks and unlinks the file.
     *
     * @param evenIfUsed readers keep what they have open; otherwise nothing happens to a file in use
     * @return the bytes that go, with the last user
     */
    long remove(boolean evenIfUsed) {
        changes.lock();
        try {
            BitSet named;
            long bytes;
            synchronized (this) {
                if (gone || shut || (users > 0 && !evenIfUsed)) {
                    return 0;
                }
                gone = true;
                bytes = chunks.allocatedBytes();
                named = chunks.present();
                files.chunksDisappeared(chunks.presentChunks());
                chunks.disappearAll();
                notifyAll();
            }
            return unlink(named) ? bytes : 0;
        } finally {
            changes.unlock();
        }
    }

    private boolean unlink(BitSet named) {
        try {
            files.index().deleteVersion(version.id(), named);
        } catch (IOException e) {
            // A version without chunks may stay in the index until the next start.
            if (!named.isEmpty()) {
                files.trouble().notForgotten(version, e);
                undoRemove();
                return false;
            }
        }
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            files.trouble().other("unlink", "can't delete a cache file", e);
            undoRemove();
            return false;
        }
        files.removed(this);
        if (!named.isEmpty()) {
            files.gone(version, named);
        }
        synchronized (this) {
            if (users == 0) {
                closeAndFree();
            }
        }
        return true;
    }

    /** The file is still there and takes space, though it holds no chunk any more. */
    private synchronized void undoRemove() {
        gone = false;
    }

    private void removeIfEmpty() {
        changes.lock();
        try {
            boolean empty;
            synchronized (this) {
                empty = chunks.isNonePresent() && chunks.isNoneBusy();
            }
            if (empty) {
                remove(true);
            }
        } finally {
            changes.unlock();
        }
    }

    /** A writer that found the file gone waits here until its name may be used again. */
    @SuppressWarnings("LockNotBeforeTry") // nothing to do once it was free
    void awaitRemoved() {
        changes.lock();
        changes.unlock();
    }

    private void closeAndFree() {
        closeDescriptor();
        files.space().release(chunks.allocatedBytes());
        chunks.unallocateAll();
    }

    private void closeDescriptor() {
        PosixFile open = file;
        if (open != null) {
            file = null;
            open.close();
            files.closed();
        }
    }

    /** Closes the descriptor if nobody uses it. */
    synchronized void closeIfIdle() {
        if (users == 0) {
            closeDescriptor();
        }
    }

    /** The agent stops: nothing is handed out any more, the file stays. */
    synchronized void shutDown() {
        shut = true;
        notifyAll();
        closeIfIdle();
    }

    /** Waits for the writers at work when it was shut down; false if some are still there at the deadline. */
    synchronized boolean awaitQuiet(long deadlineNanos) {
        try {
            while (!chunks.isNoneBusy()) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
                if (left <= 0) {
                    return false;
                }
                wait(left);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    // ---- facts

    synchronized boolean isComplete() {
        return !gone && chunks.isAllPresent();
    }

    synchronized long presentBytes() {
        return chunks.presentBytes();
    }

    synchronized long allocatedBytes() {
        return chunks.allocatedBytes();
    }

    synchronized boolean isPresent(int index) {
        return chunks.isPresent(index);
    }

    synchronized BitSet presentChunks() {
        return chunks.present();
    }

    synchronized long lastLoadedMicros() {
        return lastLoadedMicros;
    }

    synchronized long lastUsedNanos() {
        return lastUsedNanos;
    }

    synchronized boolean isOpenAndIdle() {
        return file != null && users == 0;
    }

    private synchronized boolean isGone() {
        return gone;
    }

    private synchronized boolean isLent() {
        return lent;
    }

    synchronized void touch(long micros) {
        lastLoadedMicros = micros;
        touched = true;
    }

    /** Writes the time of the last load to the index, if it changed. */
    void saveIfTouched() throws IOException {
        changes.lock();
        try {
            synchronized (this) {
                if (gone || !touched || chunks.isNonePresent()) {
                    return;
                }
                touched = false;
            }
            files.index().putVersion(record(false));
        } finally {
            changes.unlock();
        }
    }

    private synchronized VersionRecord record(boolean lendNow) {
        return new VersionRecord(version, lastLoadedMicros, lent || lendNow);
    }
}
