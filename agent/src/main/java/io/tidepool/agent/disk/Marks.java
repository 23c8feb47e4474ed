package io.tidepool.agent.disk;

import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.VersionId;
import java.io.IOException;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;

/** Which versions are pinned and which are quarantined: in memory, and in the index for the next start. Thread-safe. */
final class Marks {
    private final ChunkIndex index;
    private final ConcurrentHashMap<VersionId, ObjectVersion> pinned = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<VersionId, ObjectVersion> quarantined = new ConcurrentHashMap<>();

    Marks(ChunkIndex index) throws IOException {
        this.index = index;
        index.pinned().forEach(version -> pinned.put(version.id(), version));
        index.quarantined().forEach(version -> quarantined.put(version.id(), version));
    }

    boolean isPinned(VersionId version) {
        return pinned.containsKey(version);
    }

    Collection<ObjectVersion> pinned() {
        return pinned.values();
    }

    Collection<ObjectVersion> quarantined() {
        return quarantined.values();
    }

    boolean isQuarantined(ObjectVersion version) {
        return quarantined.containsKey(version.id());
    }

    /** Counts in memory even if the index fails. */
    void setPinned(ObjectVersion version, boolean on) throws IOException {
        if (change(pinned, version, on)) {
            index.setPinned(version, on);
        }
    }

    /** Counts in memory even if the index fails. */
    void setQuarantined(ObjectVersion version, boolean on) throws IOException {
        if (change(quarantined, version, on)) {
            index.setQuarantined(version, on);
        }
    }

    private static boolean change(ConcurrentHashMap<VersionId, ObjectVersion> set, ObjectVersion version, boolean on) {
        return on ? set.put(version.id(), version) == null : set.remove(version.id()) != null;
    }
}
