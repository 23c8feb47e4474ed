package io.tidepool.bench.burst;

/**
 * What one host's load came to.
 *
 * @param seconds from its start to its last byte, checked; 0 if it failed
 * @param bytes that it was to read
 * @param failure why a read failed; empty if none did
 * @param wrongBytes whether a piece that it read had another checksum than the bucket's
 */
record HostLoad(String host, double seconds, long bytes, String failure, boolean wrongBytes) {
    boolean isGood() {
        return failure.isEmpty() && !wrongBytes;
    }
}
