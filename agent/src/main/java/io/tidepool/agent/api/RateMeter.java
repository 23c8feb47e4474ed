package io.tidepool.agent.api;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The rate of a growing number over the last seconds, and when it will reach its end. Not thread-safe. */
final class RateMeter {
    private static final long WINDOW_NANOS = Duration.ofSeconds(5).toNanos();

    private final LongSupplier nanos;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private final Sample first;

    private record Sample(long atNanos, long value) {}

    /** @param value at the start */
    RateMeter(LongSupplier nanos, long value) {
        this.nanos = nanos;
        this.first = new Sample(nanos.getAsLong(), value);
        samples.add(first);
    }

    /** Notes the number as it is now; call it at least a few times a second and at most some hundred times. */
    void note(long value) {
        long now = nanos.getAsLong();
        samples.addLast(new Sample(now, value));
        while (samples.size() > 2 && now - samples.getFirst().atNanos() > WINDOW_NANOS) {
            samples.removeFirst();
        }
    }

    /** Per second, over the last seconds. */
    double perSecond() {
        return perSecond(samples.getFirst(), samples.getLast());
    }

    /** Per second, from the start to the last note. */
    double overallPerSecond() {
        return perSecond(first, samples.getLast());
    }

    private static double perSecond(Sample from, Sample to) {
        long time = to.atNanos() - from.atNanos();
        return time <= 0 ? 0 : (to.value() - from.value()) * 1e9 / time;
    }

    /** The time until {@code end} at the present rate; null if it stands still. */
    @Nullable
    Duration timeTo(long end) {
        double rate = perSecond();
        double seconds = (end - samples.getLast().value()) / rate;
        // Past a year an estimate is a way of saying "never".
        return rate <= 0 || seconds > 365L * 24 * 3600 ? null : Duration.ofMillis((long) (Math.max(0, seconds) * 1000));
    }

    /** Since the start. */
    Duration elapsed() {
        return Duration.ofNanos(nanos.getAsLong() - first.atNanos());
    }
}
