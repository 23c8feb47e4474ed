package io.tidepool.fuse;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a lookup: the inode that a name leads to now, or that it leads nowhere.
 *
 * @param ino the inode number, or 0 when there is nothing under the name ({@link #absent})
 * @param attributes the inode's attributes; null only when absent
 * @param nameValidFor how long the kernel may take the name for this inode (or for absent) without asking again
 */
public record Entry(long ino, @Nullable Attributes attributes, Duration nameValidFor) {

    public Entry {
        if ((ino == 0) != (attributes == null)) {
            throw new IllegalArgumentException("an inode has attributes, an absent name has none");
        }
    }

    /** "No such file", to be remembered by the kernel for that long. For 0, ENOENT says the same. */
    public static Entry absent(Duration nameValidFor) {
        return new Entry(0, null, nameValidFor);
    }
}
