/** Faults by rule: what goes wrong, for which request, how often. */
@org.jspecify.annotations.NullMarked
package io.tidepool.emulator.fault;
