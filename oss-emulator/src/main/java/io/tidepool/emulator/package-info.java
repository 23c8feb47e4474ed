/**
 * An OSS-protocol server that lives in one JVM: the origin of the demo, the tests and the benchmarks.
 *
 * <p>{@link io.tidepool.emulator.OssEmulator} is the way in; {@link io.tidepool.emulator.SyntheticBytes} says what the
 * bytes of a synthetic object are. It is an emulator and says so in every reply; it is not OSS.
 */
@org.jspecify.annotations.NullMarked
package io.tidepool.emulator;
