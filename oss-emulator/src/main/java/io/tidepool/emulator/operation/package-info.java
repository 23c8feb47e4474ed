/** What each operation of OSS answers, as a reply that has not met its connection or its faults yet. */
@org.jspecify.annotations.NullMarked
package io.tidepool.emulator.operation;
