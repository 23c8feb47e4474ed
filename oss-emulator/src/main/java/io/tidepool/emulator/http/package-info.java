/** The OSS protocol over Netty: a request in, a reply planned, its body paced out. */
@org.jspecify.annotations.NullMarked
package io.tidepool.emulator.http;
