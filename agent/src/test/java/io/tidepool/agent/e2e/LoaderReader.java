package io.tidepool.agent.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * Touches a file as loaders do, and prints a checksum of each tensor: {@code safetensors} maps the file, parses the header
 * and views tensors in its own order; {@code torch.load(mmap=True)} reads the end of the zip first, then the central
 * directory, then each tensor's local header and bytes, all through the mapping.
 */
final class LoaderReader {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int END_RECORD_BYTES = 22;
    private static final int CENTRAL_HEADER_BYTES = 46;
    private static final int LOCAL_HEADER_BYTES = 30;

    private record Tensor(String name, long offset, long length) {}

    private LoaderReader() {}

    /** KIND PATH, where the kind is {@code safetensors} or {@code zip}. */
    static int run(String[] args) throws IOException {
        int fd = Posix.open(Path.of(args[1]));
        MemorySegment file = Posix.map(fd, Posix.fstat(fd).size());
        Posix.close(fd);
        List<Tensor> tensors = args[0].equals("zip") ? zipped(file) : safetensors(file);
        Collections.shuffle(tensors, new Random(1));
        Map<String, String> sums = new TreeMap<>();
        for (Tensor tensor : tensors) {
            CRC32C sum = new CRC32C();
            for (long at = 0; at < tensor.length(); at += 1 << 20) {
                ByteBuffer piece = file.asSlice(tensor.offset() + at, Math.min(1 << 20, tensor.length() - at))
                        .asByteBuffer();
                sum.update(piece);
            }
            sums.put(tensor.name(), tensor.length() + " " + Long.toHexString(sum.getValue()));
        }
        sums.forEach((name, sum) -> System.out.println(name + " " + sum));
        return 0;
    }

    private static List<Tensor> safetensors(MemorySegment file) throws IOException {
        long headerBytes = file.get(LONG, 0);
        byte[] header = file.asSlice(8, headerBytes).toArray(ValueLayout.JAVA_BYTE);
        List<Tensor> tensors = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry :
                new ObjectMapper().readTree(header).properties()) {
            if (!entry.getKey().equals("__metadata__")) {
                JsonNode offsets = entry.getValue().get("data_offsets");
                long start = offsets.get(0).asLong();
                tensors.add(new Tensor(
                        entry.getKey(), 8 + headerBytes + start, offsets.get(1).asLong() - start));
            }
        }
        return tensors;
    }

    /** A zip as torch.save writes it: entries are stored, not compressed; no comment at the end. */
    private static List<Tensor> zipped(MemorySegment file) {
        long end = file.byteSize() - END_RECORD_BYTES;
        int entries = Short.toUnsignedInt(file.get(SHORT, end + 10));
        long at = Integer.toUnsignedLong(file.get(INT, end + 16));
        List<Tensor> tensors = new ArrayList<>();
        for (int i = 0; i < entries; i++) {
            long length = Integer.toUnsignedLong(file.get(INT, at + 24));
            int nameBytes = Short.toUnsignedInt(file.get(SHORT, at + 28));
            int extraBytes = Short.toUnsignedInt(file.get(SHORT, at + 30));
            int commentBytes = Short.toUnsignedInt(file.get(SHORT, at + 32));
            long local = Integer.toUnsignedLong(file.get(INT, at + 42));
            byte[] name = file.asSlice(at + CENTRAL_HEADER_BYTES, nameBytes).toArray(ValueLayout.JAVA_BYTE);
            long data = local
                    + LOCAL_HEADER_BYTES
                    + Short.toUnsignedInt(file.get(SHORT, local + 26))
                    + Short.toUnsignedInt(file.get(SHORT, local + 28));
            tensors.add(new Tensor(new String(name, StandardCharsets.UTF_8), data, length));
            at += CENTRAL_HEADER_BYTES + nameBytes + extraBytes + commentBytes;
        }
        return tensors;
    }
}
