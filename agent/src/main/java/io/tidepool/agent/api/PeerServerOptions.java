package io.tidepool.agent.api;

import java.net.InetSocketAddress;

/**
 * @param address to listen on; port 0 takes a free one
 * @param slots uploads at a time
 * @param bytesPerSecond for all uploads together; 0 for no limit
 */
public record PeerServerOptions(InetSocketAddress address, int slots, long bytesPerSecond) {}
