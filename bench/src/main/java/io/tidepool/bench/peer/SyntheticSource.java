package io.tidepool.bench.peer;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkSource;
import io.tidepool.agent.chunk.FillTicket;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.Tier;
import io.tidepool.emulator.SyntheticBytes;

/** An origin that makes its bytes up. */
final class SyntheticSource implements ChunkSource {
    @Override
    public Tier tier() {
        return Tier.ORIGIN;
    }

    @Override
    public boolean fill(ChunkId id, LandingBuffer into, FillTicket ticket) {
        SyntheticBytes.fill(id.version().key(), 1, id.offset() + into.watermark(), into.writable());
        into.advance(into.length() - into.watermark());
        return true;
    }
}
