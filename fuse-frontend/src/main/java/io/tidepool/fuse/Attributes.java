package io.tidepool.fuse;

import java.time.Duration;
import java.time.Instant;

/**
 * What {@code stat} says about an inode, but for its number.
 *
 * @param kind file or directory; never changes during an inode's life
 * @param sizeBytes the exact size. The kernel ends reads there, so that a file's size never changes during its inode's
 *     life: another size is another object version, hence another inode
 * @param modified when the content last changed
 * @param permissions the lower 12 bits of {@code st_mode}, such as 0644
 * @param uid the owner
 * @param gid the owner's group
 * @param links {@code st_nlink}, at least 1
 * @param validFor how long the kernel may answer {@code stat} from its own copy
 */
public record Attributes(
        FileKind kind,
        long sizeBytes,
        Instant modified,
        int permissions,
        int uid,
        int gid,
        int links,
        Duration validFor) {

    public Attributes {
        if (sizeBytes < 0) {
            throw new IllegalArgumentException("sizeBytes " + sizeBytes);
        }
        if ((permissions & ~0xFFF) != 0) {
            throw new IllegalArgumentException("permissions 0" + Integer.toOctalString(permissions));
        }
    }
}
