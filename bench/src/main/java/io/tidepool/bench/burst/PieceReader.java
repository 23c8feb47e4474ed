package io.tidepool.bench.burst;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Reads pieces, 1 MiB at a time, and computes their checksums. Files and relays stay open meanwhile. Not thread-safe. */
final class PieceReader implements AutoCloseable {
    private static final int BLOCK = 1 << 20;

    private final @Nullable Relay relay;
    private final Map<String, ReadableByteChannel> open = new HashMap<>();
    private ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);

    /** @param relay gets every block too; null: nobody */
    PieceReader(@Nullable Relay relay) {
        this.relay = relay;
    }

    /** @return the CRC32 of its bytes */
    long read(Piece piece) throws IOException, InterruptedException {
        CRC32 crc = new CRC32();
        if (piece.source().startsWith("http:")) {
            try (HttpPiece channel = new HttpPiece(piece)) {
                read(channel, piece.length(), crc);
            }
        } else {
            ReadableByteChannel channel = open.get(piece.source());
            if (channel == null) {
                channel = open(piece.source());
                open.put(piece.source(), channel);
            }
            if (channel instanceof FileChannel file) {
                file.position(piece.offset());
            }
            read(channel, piece.length(), crc);
        }
        return crc.getValue();
    }

    private static ReadableByteChannel open(String source) throws IOException {
        if (!source.startsWith("tcp:")) {
            return FileChannel.open(Path.of(source));
        }
        String[] address = source.split(":", 3);
        return SocketChannel.open(new InetSocketAddress(address[1], Integer.parseInt(address[2])));
    }

    private void read(ReadableByteChannel channel, long length, CRC32 crc) throws IOException, InterruptedException {
        for (long done = 0; done < length; done += BLOCK) {
            block.clear().limit((int) Math.min(BLOCK, length - done));
            while (block.hasRemaining()) {
                if (channel.read(block) < 0) {
                    throw new EOFException("ended after " + (done + block.position()) + " of " + length + " bytes");
                }
            }
            crc.update(block.flip());
            if (relay != null) {
                relay.pass(block.flip());
                block = ByteBuffer.allocateDirect(BLOCK);
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (ReadableByteChannel channel : open.values()) {
            channel.close();
        }
    }
}
