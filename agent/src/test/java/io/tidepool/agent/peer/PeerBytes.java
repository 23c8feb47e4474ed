package io.tidepool.agent.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.peer.tracker.ChunkSums;
import io.tidepool.agent.peer.tracker.PeerHost;
import io.tidepool.emulator.SyntheticBytes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/** What a test of transfers holds on to: the right bytes of a chunk, their checksums, a buffer to fetch into. */
public final class PeerBytes {
    public static final InetSocketAddress SELF = new InetSocketAddress(InetAddress.getLoopbackAddress(), 7480);
    public static final Pace PATIENT = Pace.within(Duration.ofSeconds(30));

    private PeerBytes() {}

    public static PeerHost host(InetSocketAddress data) {
        return new PeerHost("peer/00000000", "", data, data);
    }

    /** As {@code version} of the object has them; 1 is the right one. */
    public static byte[] bytes(ChunkId id, int offset, int version) {
        return SyntheticBytes.range(id.version().key(), version, id.offset() + offset, id.length() - offset);
    }

    public static ChunkSums sums(ChunkId id) {
        byte[] all = bytes(id, 0, 1);
        int[] blocks = new int[ChunkLayout.blockCount(id.length())];
        for (int block = 0; block < blocks.length; block++) {
            int start = block * ChunkLayout.BLOCK_BYTES;
            CRC32C crc = new CRC32C();
            crc.update(all, start, Math.min(ChunkLayout.BLOCK_BYTES, all.length - start));
            blocks[block] = (int) crc.getValue();
        }
        return new ChunkSums(blocks, OptionalLong.of(7));
    }

    /** Memory for the chunk, of which {@code landed} bytes are there already. */
    public static LandingBuffer buffer(ChunkId id, int landed) {
        LandingBuffer buffer = new LandingBuffer(ByteBuffer.allocateDirect(ChunkLayout.CHUNK_BYTES), id.length());
        buffer.writable().put(bytes(id, 0, 1), 0, landed);
        buffer.advance(landed);
        return buffer;
    }

    /** No wrong byte is below the watermark. */
    public static void assertRight(ChunkId id, LandingBuffer buffer) {
        assertThat(SyntheticBytes.check(id.version().key(), 1, id.offset(), buffer.landed()))
                .isEmpty();
    }
}
