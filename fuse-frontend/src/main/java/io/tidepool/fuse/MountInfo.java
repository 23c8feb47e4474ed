package io.tidepool.fuse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One line of /proc/self/mountinfo: what the kernel knows of a mount without asking its file system.
 *
 * @param device {@code major:minor} of the file system, such as {@code 0:52}
 * @param mountPoint where it is mounted
 * @param type such as {@code fuse.tidepool}
 * @param source what it was mounted from; for FUSE the {@code fsname}
 */
public record MountInfo(String device, Path mountPoint, String type, String source) {
    private static final Path MOUNTINFO = Path.of("/proc/self/mountinfo");

    /** The type of Tidepool's own mounts. */
    public static final String TIDEPOOL = "fuse." + MountOptions.SUBTYPE;

    /** The topmost mount at exactly this place (an absolute path without symbolic links), if there is one. */
    public static Optional<MountInfo> at(Path mountPoint) {
        List<String> lines;
        try {
            // Paths are bytes; ISO-8859-1 keeps each of them until it is unescaped.
            lines = Files.readAllLines(MOUNTINFO, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + MOUNTINFO, e);
        }
        return lines.stream()
                .map(MountInfo::parse)
                .filter(mount -> mount.mountPoint().equals(mountPoint))
                .reduce((lower, upper) -> upper);
    }

    /** True for a mount made by an agent of ours, dead or alive. */
    public boolean isTidepool() {
        return type.equals(TIDEPOOL);
    }

    // 36 35 98:0 /root /mnt/point rw,noatime master:1 - ext3 /dev/root rw,errors=continue
    // 0  1  2    3     4          5          6...     -  +1   +2
    static MountInfo parse(String line) {
        List<String> fields = List.of(line.split(" ", -1));
        int separator = fields.indexOf("-");
        return new MountInfo(
                fields.get(2),
                Path.of(unescape(fields.get(4))),
                unescape(fields.get(separator + 1)),
                unescape(fields.get(separator + 2)));
    }

    /** Undoes the kernel's octal escapes of space, tab, newline and backslash ({@code \040}), and decodes UTF-8. */
    private static String unescape(String field) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(field.length());
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c == '\\' && i + 3 < field.length()) {
                bytes.write(Integer.parseInt(field.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
