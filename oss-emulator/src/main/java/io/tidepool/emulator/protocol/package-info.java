/** What both the signature checks and the server say: the request as OSS sees it, and its errors. */
@org.jspecify.annotations.NullMarked
package io.tidepool.emulator.protocol;
