/** Counters: what was asked for and what was sent, by key. */
@org.jspecify.annotations.NullMarked
package io.tidepool.emulator.count;
