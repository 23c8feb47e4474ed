package io.tidepool.bench.host;

import io.tidepool.emulator.SafetensorsModel.Tensor;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;

/** The clients, as command lines: programs that everybody has, and none of them ours. */
final class ClientCommand {
    private static final long MIB = 1 << 20;

    private ClientCommand() {}

    /** Reads a file from its first byte to its last, 1 MiB at a time. */
    static List<String> read(Path file) {
        return List.of("dd", "if=" + file, "of=/dev/null", "bs=1M", "status=none");
    }

    /** Reads the first byte of a file. */
    static List<String> firstByte(Path file) {
        return List.of("dd", "if=" + file, "of=/dev/null", "bs=1", "count=1", "status=none");
    }

    /** Fetches the first byte of {@code url}. */
    static List<String> firstByte(URI url) {
        return List.of(
                "curl", "--silent", "--show-error", "--fail", "--range", "0-0", "-o", "/dev/null", url.toString());
    }

    /**
     * Reads tensors one after another, each from its first byte to its last. The files stay open meanwhile, as a loader
     * keeps its shards.
     *
     * @param script where to write what the shell is to do
     * @param fileOf where a tensor's shard is
     */
    static List<String> tensors(Path script, List<Tensor> tensors, Function<String, Path> fileOf) throws IOException {
        StringBuilder lines = new StringBuilder("set -e\n");
        int descriptor = 3; // the first that is free
        for (String key : new TreeSet<>(tensors.stream().map(Tensor::key).toList())) {
            lines.append("exec %d<'%s'\n".formatted(descriptor++, fileOf.apply(key)));
        }
        for (Tensor tensor : tensors) {
            lines.append("dd if='%s' of=/dev/null bs=1M iflag=skip_bytes,count_bytes skip=%d count=%d status=none\n"
                    .formatted(fileOf.apply(tensor.key()), tensor.offset(), tensor.length()));
        }
        Files.writeString(script, lines);
        return List.of("bash", script.toString());
    }

    /**
     * Several processes that each read the whole file, each from another place on, and then what is before it.
     *
     * @param size of the file; its MiB are shared out
     */
    static List<List<String>> readers(Path file, long size, int processes) {
        List<List<String>> commands = new ArrayList<>();
        for (int i = 0; i < processes; i++) {
            String start = Long.toString(size / MIB * i / processes);
            commands.add(List.of(
                    "sh",
                    "-c",
                    "dd if=\"$1\" of=/dev/null bs=1M skip=\"$2\" status=none"
                            + " && dd if=\"$1\" of=/dev/null bs=1M count=\"$2\" status=none",
                    "reader",
                    file.toString(),
                    start));
        }
        return commands;
    }

    /**
     * Several curls that each fetch a range of {@code url} and write it to its place in one file.
     *
     * @param size of the object; its MiB are shared out
     */
    static List<List<String>> curls(URI url, Path into, long size, int processes) {
        List<List<String>> commands = new ArrayList<>();
        for (int i = 0; i < processes; i++) {
            long from = size / MIB * i / processes * MIB;
            long until = i == processes - 1 ? size : size / MIB * (i + 1) / processes * MIB;
            // curl can't write in the middle of a file, but to a descriptor that dd has moved there.
            commands.add(List.of(
                    "sh",
                    "-c",
                    "{ dd bs=1M seek=\"$1\" count=0 conv=notrunc status=none </dev/null"
                            + " && exec curl --silent --show-error --fail --range \"$2\" \"$3\"; } 1<>\"$4\"",
                    "curl",
                    Long.toString(from / MIB),
                    from + "-" + (until - 1),
                    url.toString(),
                    into.toString()));
        }
        return commands;
    }
}
