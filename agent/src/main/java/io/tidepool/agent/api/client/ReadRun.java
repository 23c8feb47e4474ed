package io.tidepool.agent.api.client;

import com.google.protobuf.ByteString;
import io.tidepool.proto.v1.ReadHeader;
import io.tidepool.proto.v1.ReadResponse;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a read delivers its range whole, in order and once: the pieces' offsets, their sum, and the header.
 *
 * @param <X> what its sink may throw
 */
final class ReadRun<X extends Exception> implements Each<ReadResponse, X> {
    private final Each<ByteString, X> sink;
    private final String path;
    private final long offset;
    private @Nullable ReadHeader header;
    private long delivered;

    ReadRun(String path, long offset, Each<ByteString, X> sink) {
        this.path = path;
        this.offset = offset;
        this.sink = sink;
    }

    @Override
    public void accept(ReadResponse piece) throws ClientException, X {
        if (header == null) {
            if (!piece.hasHeader()) {
                throw ClientException.wrongAnswer("the agent's answer to a read of " + path + " has no header");
            }
            header = piece.getHeader();
        }
        if (piece.getOffset() != offset + delivered) {
            throw ClientException.wrongAnswer("the agent sent offset " + piece.getOffset() + " of " + path
                    + " instead of " + (offset + delivered));
        }
        sink.accept(piece.getData());
        delivered += piece.getData().size();
    }

    /** To be called when the stream has ended well. */
    ReadSummary summary() throws ClientException {
        if (header == null || delivered != header.getLength()) {
            throw ClientException.wrongAnswer("the agent sent " + delivered + " bytes of " + path + " instead of "
                    + (header == null ? "any" : header.getLength()));
        }
        return new ReadSummary(header.getEtag(), header.getSizeBytes(), delivered);
    }
}
