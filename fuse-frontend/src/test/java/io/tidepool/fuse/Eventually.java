package io.tidepool.fuse;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waiting for something that happens in another thread or process, with a bound. */
final class Eventually {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private Eventually() {}

    static void is(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + LIMIT + ": " + what);
            }
            Thread.sleep(5);
        }
    }
}
