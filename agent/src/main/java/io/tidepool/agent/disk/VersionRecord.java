package io.tidepool.agent.disk;

import io.tidepool.agent.chunk.ObjectVersion;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;

/**
 * What the index keeps of an object version that has chunks in the cache.
 *
 * @param lastLoadedMicros since the epoch
 * @param lent whether another process was ever given the file's path; then holes must not be punched into it
 */
record VersionRecord(ObjectVersion version, long lastLoadedMicros, boolean lent) {
    static long micros(Instant instant) {
        return TimeUnit.SECONDS.toMicros(instant.getEpochSecond()) + instant.getNano() / 1000;
    }

    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    byte[] encode() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream to = new DataOutputStream(bytes);
        writeVersion(to, version);
        to.writeLong(lastLoadedMicros);
        to.writeBoolean(lent);
        return bytes.toByteArray();
    }

    static VersionRecord decode(byte[] bytes) throws IOException {
        DataInputStream from = new DataInputStream(new ByteArrayInputStream(bytes));
        return new VersionRecord(readVersion(from), from.readLong(), from.readBoolean());
    }

    static void writeVersion(DataOutputStream to, ObjectVersion version) throws IOException {
        to.writeUTF(version.origin());
        to.writeUTF(version.key());
        to.writeUTF(version.etag());
        to.writeLong(version.sizeBytes());
    }

    static ObjectVersion readVersion(DataInputStream from) throws IOException {
        return new ObjectVersion(from.readUTF(), from.readUTF(), from.readUTF(), from.readLong());
    }
}
