package io.tidepool.emulator.http;

import io.tidepool.emulator.store.ObjectBody;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A body with other bytes in one place, which may be behind its end. */
final class PatchedBytes implements ObjectBody {

    private final ObjectBody right;
    private final long patchOffset;
    private final byte[] patch;

    PatchedBytes(ObjectBody right, long patchOffset, byte[] patch) {
        this.right = right;
        this.patchOffset = patchOffset;
        this.patch = patch;
    }

    @Override
    public void fill(long offset, ByteBuffer dst) throws IOException {
        int end = dst.limit();
        while (dst.position() < end) {
            int left = end - dst.position();
            long inPatch = offset - patchOffset;
            int length;
            if (inPatch >= 0 && inPatch < patch.length) {
                length = (int) Math.min(left, patch.length - inPatch);
                dst.put(patch, (int) inPatch, length);
            } else {
                length = inPatch < 0 ? (int) Math.min(left, -inPatch) : left;
                right.fill(offset, dst.limit(dst.position() + length));
                dst.limit(end);
            }
            offset += length;
        }
    }

    @Override
    public void close() throws IOException {
        right.close();
    }
}
