package io.tidepool.agent.api;

import com.google.protobuf.UnsafeByteOperations;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.read.FileReader;
import io.tidepool.agent.read.OpenFile;
import io.tidepool.proto.v1.ReadHeader;
import io.tidepool.proto.v1.ReadRequest;
import io.tidepool.proto.v1.ReadResponse;
import java.nio.ByteBuffer;

/**
 * One call of {@code Read}: a range of one version, block by block, each as soon as its bytes have arrived.
 *
 * <p>Bytes are copied twice on their way: from the cache file (or landing memory) into a recycled array, and from there into
 * the transport's buffer. The message only wraps the array, and the array is filled again after {@code send} has returned:
 * that is safe because gRPC's network transports serialise a message within the call that takes it (only the in-process
 * transport, which we don't use, hands over references).
 */
final class ReadCall implements ReplyStream.Work<ReadResponse> {
    static final int MAX_MESSAGE_BYTES = 1 << 20;
    private static final String EDGE = "grpc";

    private final ReadRequest request;
    private final FileReader reader;
    private final MessageBuffers buffers;

    ReadCall(ReadRequest request, FileReader reader, MessageBuffers buffers) {
        this.request = request;
        this.reader = reader;
        this.buffers = buffers;
    }

    @Override
    public void run(ReplyStream<ReadResponse> out) throws ChunkException, InterruptedException {
        try (OpenFile file = reader.open(RequestPath.of(request.getPath()), 0, EDGE)) {
            checkEtag(request.getPath(), file.version(), request.getExpectedEtag());
            long position = request.getOffset();
            long end = endOf(file.version());
            ReadHeader header = ReadHeader.newBuilder()
                    .setEtag(file.version().etag())
                    .setSizeBytes(file.version().sizeBytes())
                    .setLength(end - position)
                    .build();
            boolean first = true;
            do {
                // Before a buffer is taken and bytes are fetched: a stuck reader holds neither.
                out.awaitReady();
                int count = pieceLength(position, end);
                ReadResponse.Builder piece = ReadResponse.newBuilder().setOffset(position);
                if (first) {
                    piece.setHeader(header);
                    first = false;
                }
                sendPiece(file, piece, count, out);
                position += count;
            } while (position < end);
        }
    }

    private void sendPiece(OpenFile file, ReadResponse.Builder piece, int count, ReplyStream<ReadResponse> out)
            throws ChunkException, InterruptedException {
        byte[] buffer = buffers.take();
        try {
            int read = file.read(piece.getOffset(), ByteBuffer.wrap(buffer, 0, count));
            if (read != count) {
                throw new ChunkException(
                        Kind.INTERNAL, request.getPath() + ": read " + read + " of " + count + " bytes before the end");
            }
            out.send(piece.setData(UnsafeByteOperations.unsafeWrap(buffer, 0, count))
                    .build());
        } finally {
            buffers.giveBack(buffer);
        }
    }

    /** Pieces end where blocks end, for bytes arrive by blocks. */
    private static int pieceLength(long position, long end) {
        long blockEnd = (position / MAX_MESSAGE_BYTES + 1) * MAX_MESSAGE_BYTES;
        return (int) (Math.min(blockEnd, end) - position);
    }

    private long endOf(ObjectVersion version) throws ChunkException {
        long offset = request.getOffset();
        long length = request.getLength();
        long size = version.sizeBytes();
        if (offset > size) {
            throw new ChunkException(
                    Kind.INVALID, request.getPath() + ": offset " + offset + " is behind the end (size " + size + ")");
        }
        if (offset < 0 || length < 0) {
            throw new ChunkException(
                    Kind.INVALID,
                    request.getPath() + " has " + size + " bytes: can't read " + length + " from offset " + offset);
        }
        return length == 0 ? size : offset + Math.min(length, size - offset);
    }

    static void checkEtag(String path, ObjectVersion version, String expected) throws ChunkException {
        if (!expected.isEmpty() && !expected.equals(version.etag())) {
            throw new ChunkException(
                    Kind.STALE, path + " was replaced: its ETag is " + version.etag() + ", not " + expected);
        }
    }
}
