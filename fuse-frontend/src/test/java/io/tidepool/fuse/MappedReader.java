package io.tidepool.fuse;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;

/** A program of its own that maps a file and compares all of it. Arguments: path, seed. */
final class MappedReader {
    private MappedReader() {}

    public static void main(String[] args) throws IOException {
        try (FileChannel channel = FileChannel.open(Path.of(args[0]))) {
            long mismatch =
                    Pattern.mismatch(Long.parseLong(args[1]), 0, channel.map(MapMode.READ_ONLY, 0, channel.size()));
            System.out.println(mismatch < 0 ? "same " + channel.size() : "different at " + mismatch);
        }
    }
}
