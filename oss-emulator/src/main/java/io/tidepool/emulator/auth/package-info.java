/** Signature checks: V1 and V4, in the header or the query string. */
@org.jspecify.annotations.NullMarked
package io.tidepool.emulator.auth;
