package io.tidepool.bench.host;

/**
 * Two ways to get the same bytes.
 *
 * @param id what programs call it
 * @param title what people read
 * @param baseline what one would do without Tidepool, or with less
 * @param before done once before both
 */
record Comparison(String id, String title, Alternative baseline, Alternative contender, Alternative.Step before) {}
