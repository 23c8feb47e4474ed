package io.tidepool.agent.e2e;

import java.time.Duration;

/** Waiting, with a bound, for something that happens in another thread or process. */
public final class Eventually {
    private static final Duration POLL = Duration.ofMillis(10);

    /** What is waited for; it may fail on the way. */
    public interface Condition {
        boolean holds() throws Exception;
    }

    private Eventually() {}

    static void within(Duration limit, String what, Condition condition) throws Exception {
        long start = System.nanoTime();
        while (!condition.holds()) {
            if (System.nanoTime() - start > limit.toNanos()) {
                throw new AssertionError("not within " + limit + ": " + what);
            }
            Thread.sleep(POLL);
        }
    }

    public static void is(String what, Condition condition) throws Exception {
        within(Duration.ofSeconds(20), what, condition);
    }
}
