/** The control port: counters, faults, shape and synthetic objects as JSON. */
@org.jspecify.annotations.NullMarked
package io.tidepool.emulator.control;
