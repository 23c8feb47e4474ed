package io.tidepool.emulator.control;

import io.tidepool.emulator.shape.Shape;
import java.time.Duration;

/** A {@link Shape} as JSON; what is left out is unlimited. */
record ShapeJson(long bytesPerSecond, long connectionBytesPerSecond, long firstByteLatencyMillis) {

    static ShapeJson of(Shape shape) {
        return new ShapeJson(
                shape.bytesPerSecond(),
                shape.connectionBytesPerSecond(),
                shape.firstByteLatency().toMillis());
    }

    Shape toShape() {
        return new Shape(bytesPerSecond, connectionBytesPerSecond, Duration.ofMillis(firstByteLatencyMillis));
    }
}
