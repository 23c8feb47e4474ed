package io.tidepool.bench.host;

import org.jspecify.annotations.Nullable;

/**
 * Two ways to get the same bytes.
 *
 * @param id what programs call it
 * @param title what people read
 * @param objectBytes size of what is read, which amplification is told of
 * @param goal null if the project has none
 * @param baseline what one would do without Tidepool, or with less
 * @param before done once before both
 */
record Comparison(
        String id,
        String title,
        long objectBytes,
        @Nullable Goal goal,
        Alternative baseline,
        Alternative contender,
        Alternative.Step before) {}
