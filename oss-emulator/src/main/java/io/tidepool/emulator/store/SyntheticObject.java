package io.tidepool.emulator.store;

import io.tidepool.emulator.SyntheticBytes;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;

/** An object of any size whose bytes are computed, not stored; also their oracle for tests. */
public final class SyntheticObject implements StoredObject {

    private final SyntheticSpec spec;
    private final Facts facts;
    private final long seed;

    SyntheticObject(SyntheticSpec spec, boolean offersCrc64, Instant lastModified, Attributes attributes) {
        this.spec = spec;
        byte[] prefix = new byte[spec.prefix().remaining()];
        spec.prefix().duplicate().get(prefix);
        String etag = Digests.md5Hex(
                "synthetic\n%s\n%d\n%d\n%s".formatted(spec.key(), spec.version(), spec.size(), Digests.md5Hex(prefix)));
        this.facts = new Facts(spec.key(), spec.size(), etag, lastModified, offersCrc64, attributes);
        this.seed = SyntheticBytes.seed(spec.key(), spec.version());
    }

    public SyntheticSpec spec() {
        return spec;
    }

    public long version() {
        return spec.version();
    }

    @Override
    public Facts facts() {
        return facts;
    }

    @Override
    public SyntheticObject with(Attributes other) {
        return new SyntheticObject(spec, offersCrc64(), lastModified(), other);
    }

    @Override
    public ObjectBody open() {
        return this::fill;
    }

    /** What the same object would hold as another version; its prefix stays. */
    public ObjectBody bytesOfVersion(long otherVersion) {
        return new SyntheticObject(spec.withVersion(otherVersion), offersCrc64(), lastModified(), attributes()).open();
    }

    /** Fills what remains of {@code dst} with the object's bytes from {@code offset} on, whatever the size is. */
    public void fill(long offset, ByteBuffer dst) {
        ByteBuffer prefix = spec.prefix();
        if (offset < prefix.remaining()) {
            int length = (int) Math.min(prefix.remaining() - offset, dst.remaining());
            dst.put(prefix.slice((int) offset, length));
            offset += length;
        }
        SyntheticBytes.fill(seed, offset, dst);
    }

    /** As {@link SyntheticBytes#check}, the prefix included. */
    public Optional<String> check(long offset, ByteBuffer actual) {
        ByteBuffer rest = actual.slice();
        ByteBuffer prefix = spec.prefix();
        if (offset < prefix.remaining()) {
            int length = (int) Math.min(prefix.remaining() - offset, rest.remaining());
            int wrong = rest.slice(0, length).mismatch(prefix.slice((int) offset, length));
            if (wrong >= 0) {
                return Optional.of("%s version %d is wrong from offset %d, within its prefix of %d bytes"
                        .formatted(key(), version(), offset + wrong, prefix.remaining()));
            }
            rest = rest.position(length).slice();
            offset += length;
        }
        return SyntheticBytes.check(key(), version(), offset, rest);
    }
}
