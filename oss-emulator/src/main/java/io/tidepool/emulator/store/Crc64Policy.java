package io.tidepool.emulator.store;

/** Whether a synthetic object's replies carry {@code x-oss-hash-crc64ecma}. It costs about one second a GiB, once. */
public enum Crc64Policy {
    /** Up to the emulator's limit (1 GiB by default). */
    UNLESS_HUGE,
    /** However long it takes to compute. */
    ALWAYS,
    /** As after some copies on real OSS. */
    OMIT
}
