/** Bandwidth and latency: how fast the emulator lets bytes go. */
@org.jspecify.annotations.NullMarked
package io.tidepool.emulator.shape;
