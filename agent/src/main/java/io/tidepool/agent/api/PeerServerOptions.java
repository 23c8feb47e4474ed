package io.tidepool.agent.api;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * What {@link PeerServer} serves with.
 *
 * @param address to listen on; port 0 takes a free one
 * @param slots uploads at a time
 * @param bytesPerSecond for all uploads together; 0 for no limit
 * @param stall how long a peer may take nothing of an answer
 * @param idle how long a connection may be without a request
 */
public record PeerServerOptions(
        InetSocketAddress address, int slots, long bytesPerSecond, Duration stall, Duration idle) {
    public PeerServerOptions(InetSocketAddress address, int slots, long bytesPerSecond) {
        this(address, slots, bytesPerSecond, Duration.ofSeconds(15), Duration.ofSeconds(60));
    }

    /** Far more than peers that behave need, which use one for each fetch at a time and keep a few. */
    int maxConnections() {
        return Math.max(256, 16 * slots);
    }

    long stallNanos() {
        return stall.toNanos();
    }

    long idleNanos() {
        return idle.toNanos();
    }
}
