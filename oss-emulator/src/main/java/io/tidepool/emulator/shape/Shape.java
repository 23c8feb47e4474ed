package io.tidepool.emulator.shape;

import java.time.Duration;

/**
 * How fast the emulator answers.
 *
 * @param bytesPerSecond of all bodies together; 0 is unlimited
 * @param connectionBytesPerSecond of one connection; 0 is unlimited
 * @param firstByteLatency from a complete request to the first byte of its reply
 */
public record Shape(long bytesPerSecond, long connectionBytesPerSecond, Duration firstByteLatency) {

    public static final Shape UNLIMITED = new Shape(0, 0, Duration.ZERO);

    public Shape {
        if (bytesPerSecond < 0 || connectionBytesPerSecond < 0 || firstByteLatency.isNegative()) {
            throw new IllegalArgumentException("a shape has no negative rates or times");
        }
    }

    public Shape withBytesPerSecond(long rate) {
        return new Shape(rate, connectionBytesPerSecond, firstByteLatency);
    }

    public Shape withConnectionBytesPerSecond(long rate) {
        return new Shape(bytesPerSecond, rate, firstByteLatency);
    }

    public Shape withFirstByteLatency(Duration latency) {
        return new Shape(bytesPerSecond, connectionBytesPerSecond, latency);
    }
}
