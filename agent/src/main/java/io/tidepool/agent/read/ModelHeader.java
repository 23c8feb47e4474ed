package io.tidepool.agent.read;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Finds where a model file's header ends and its tensors begin, reading nothing behind that.
 *
 * <p>The layouts are those of the safetensors README and of ggml's docs/gguf.md (version 2 and 3, little-endian).
 */
final class ModelHeader {
    /** The limit that the safetensors library itself sets. */
    private static final long MAX_SAFETENSORS_HEADER = 100_000_000;

    private static final long MAX_GGUF_ITEMS = 10_000_000;
    private static final int MAX_GGUF_DIMENSIONS = 16;
    private static final int GGUF_DEFAULT_ALIGNMENT = 32;
    private static final int GGUF_UINT32 = 4;
    private static final int GGUF_STRING = 8;
    private static final int GGUF_ARRAY = 9;
    /** Sizes in bytes by GGUF value type; 0 for strings and arrays, which say their own length. */
    private static final int[] GGUF_VALUE_BYTES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

    /** Random access to the file; fills {@code into} as far as the file goes, or throws. */
    interface Bytes {
        void read(long offset, ByteBuffer into) throws ChunkException, InterruptedException;
    }

    private ModelHeader() {}

    /** Offset of the first tensor byte of a safetensors file. */
    static long safetensorsDataOffset(Bytes file) throws ChunkException, InterruptedException {
        ByteBuffer word = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        file.read(0, word);
        long length = word.hasRemaining() ? -1 : word.flip().getLong();
        if (length < 0 || length > MAX_SAFETENSORS_HEADER) {
            throw notA("safetensors", "header length " + Long.toUnsignedString(length));
        }
        return Long.BYTES + length;
    }

    /** Offset of the tensor data of a GGUF file. */
    static long ggufDataOffset(Bytes file) throws ChunkException, InterruptedException {
        return new Gguf(file).dataOffset();
    }

    private static ChunkException notA(String format, String what) {
        return new ChunkException(Kind.INVALID, "not a " + format + " file: " + what);
    }

    /** Walks the metadata of one GGUF file through a window of a few KiB. */
    private static final class Gguf {
        private static final int WINDOW_BYTES = 64 << 10;

        private final Bytes file;
        private final ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        private long position;

        Gguf(Bytes file) {
            this.file = file;
            window.limit(0);
        }

        long dataOffset() throws ChunkException, InterruptedException {
            if (int32() != 0x46554747) {
                throw notA("GGUF", "wrong magic");
            }
            int version = int32();
            if (version < 2 || version > 3) {
                throw notA("GGUF", "version " + version);
            }
            long tensors = count();
            long pairs = count();
            long alignment = GGUF_DEFAULT_ALIGNMENT;
            for (long i = 0; i < pairs; i++) {
                String key = string();
                int type = int32();
                if (key.equals("general.alignment") && type == GGUF_UINT32) {
                    alignment = Math.max(1, Integer.toUnsignedLong(int32()));
                } else {
                    skipValue(type);
                }
            }
            for (long i = 0; i < tensors; i++) {
                skip(count());
                int dimensions = int32();
                if (dimensions < 0 || dimensions > MAX_GGUF_DIMENSIONS) {
                    throw notA("GGUF", dimensions + " dimensions");
                }
                // The dimensions, the element type, the offset.
                skip((long) dimensions * Long.BYTES + Integer.BYTES + Long.BYTES);
            }
            return (position + alignment - 1) / alignment * alignment;
        }

        private void skipValue(int type) throws ChunkException, InterruptedException {
            if (type == GGUF_STRING) {
                skip(count());
            } else if (type == GGUF_ARRAY) {
                int itemType = int32();
                long items = count();
                if (itemType == GGUF_STRING || itemType == GGUF_ARRAY) {
                    for (long i = 0; i < items; i++) {
                        skipValue(itemType);
                    }
                } else {
                    skip(Math.multiplyExact(items, valueBytes(itemType)));
                }
            } else {
                skip(valueBytes(type));
            }
        }

        private static long valueBytes(int type) throws ChunkException {
            if (type < 0 || type >= GGUF_VALUE_BYTES.length || GGUF_VALUE_BYTES[type] == 0) {
                throw notA("GGUF", "value type " + type);
            }
            return GGUF_VALUE_BYTES[type];
        }

        private String string() throws ChunkException, InterruptedException {
            long length = count();
            if (length > 1 << 16) {
                throw notA("GGUF", "key of " + length + " bytes");
            }
            byte[] bytes = new byte[(int) length];
            for (int i = 0; i < bytes.length; i++) {
                need(1);
                bytes[i] = window.get();
                position++;
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }

        private long count() throws ChunkException, InterruptedException {
            need(Long.BYTES);
            position += Long.BYTES;
            long count = window.getLong();
            if (count < 0 || count > MAX_GGUF_ITEMS) {
                throw notA("GGUF", "count " + Long.toUnsignedString(count));
            }
            return count;
        }

        private int int32() throws ChunkException, InterruptedException {
            need(Integer.BYTES);
            position += Integer.BYTES;
            return window.getInt();
        }

        private void skip(long bytes) {
            position += bytes;
            window.position((int) Math.min(window.limit(), window.position() + bytes));
            if (!window.hasRemaining()) {
                window.limit(0).position(0);
            }
        }

        private void need(int bytes) throws ChunkException, InterruptedException {
            if (window.remaining() < bytes) {
                window.clear();
                file.read(position, window);
                window.flip();
                if (window.remaining() < bytes) {
                    throw notA("GGUF", "ends inside its header at " + position);
                }
            }
        }
    }
}
