package io.tidepool.bench.host;

import io.tidepool.bench.host.HostReport.Summary;
import java.util.Locale;
import java.util.function.BiPredicate;

/**
 * What the project wants a comparison to come to; it is printed beside what came out, and decides nothing.
 *
 * @param wanted in words, to follow "wanted: "
 * @param met of baseline and contender
 */
record Goal(String wanted, BiPredicate<Summary, Summary> met) {
    /** The contender has at least this share of the baseline's speed. */
    static Goal speed(double least) {
        return new Goal(
                "at least " + number(least) + " × the speed",
                (baseline, contender) -> baseline.medianSeconds() / contender.medianSeconds() >= least);
    }

    /** The contender takes at most so many times the baseline's time. */
    static Goal time(double most) {
        return new Goal(
                "at most " + number(most) + " × the time",
                (baseline, contender) -> contender.medianSeconds() / baseline.medianSeconds() <= most);
    }

    /** The contender ends at most so much later than the baseline. */
    static Goal delay(int mostMillis) {
        return new Goal(
                "at most " + mostMillis + " ms later",
                (baseline, contender) -> contender.medianSeconds() - baseline.medianSeconds() <= mostMillis / 1e3);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
