/** {@code tidepool bench host}: what one host's agent costs, beside what one would do without it. */
@org.jspecify.annotations.NullMarked
package io.tidepool.bench.host;
