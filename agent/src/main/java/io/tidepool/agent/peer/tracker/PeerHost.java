package io.tidepool.agent.peer.tracker;

import java.net.InetSocketAddress;

/**
 * One agent of the cell, in one life: after a restart it is another one. Immutable.
 *
 * @param id unique among all agents and all their lives: the host's name, a slash, and eight random hex digits
 * @param zone where it stands, as configured; empty if nowhere in particular. Hosts of one zone prefer each other
 * @param data where it serves chunks over HTTP
 * @param control where its tracker listens, over gRPC
 */
public record PeerHost(String id, String zone, InetSocketAddress data, InetSocketAddress control) {
    /** The host's name, without what tells its lives apart. */
    public String name() {
        return id.substring(0, id.lastIndexOf('/'));
    }
}
