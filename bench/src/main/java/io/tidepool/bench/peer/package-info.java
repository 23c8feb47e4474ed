/** {@code tidepool bench peer}: chunks from one host to another, beside nginx and curl. */
@org.jspecify.annotations.NullMarked
package io.tidepool.bench.peer;
