package io.tidepool.agent.peer;

import io.tidepool.agent.peer.tracker.PeerHost;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jgroups.Address;
import org.jgroups.util.ExtendedUUID;
import org.jgroups.util.NameCache;

/** A {@link PeerHost} inside the address that JGroups knows a member by, so that every view tells all about its hosts. */
final class MemberAddress {
    private static final String ID = "id";
    private static final String ZONE = "zone";
    private static final String DATA = "data";
    private static final String CONTROL = "control";
    private static final int PORT_BYTES = Short.BYTES;

    private MemberAddress() {}

    /**
     * @param known whether others look for it where it is. Of hosts that start at the same time the one with the smallest
     *     address begins the cell, and that must be one that all of them see
     */
    static Address of(PeerHost host, boolean known) {
        ExtendedUUID random = ExtendedUUID.randomUUID();
        long high = random.getMostSignificantBits();
        ExtendedUUID ordered = new ExtendedUUID(
                known ? high | Long.MIN_VALUE : high & Long.MAX_VALUE, random.getLeastSignificantBits());
        NameCache.add(ordered, host.id());
        return ordered.put(ID, host.id().getBytes(StandardCharsets.UTF_8))
                .put(ZONE, host.zone().getBytes(StandardCharsets.UTF_8))
                .put(DATA, bytes(host.data()))
                .put(CONTROL, bytes(host.control()));
    }

    /** Empty if it is none of ours. */
    static Optional<PeerHost> host(Address address) {
        if (!(address instanceof ExtendedUUID member) || member.get(ID) == null || member.get(CONTROL) == null) {
            return Optional.empty();
        }
        byte[] zone = member.get(ZONE); // null if it is empty
        try {
            return Optional.of(new PeerHost(
                    new String(member.get(ID), StandardCharsets.UTF_8),
                    zone == null ? "" : new String(zone, StandardCharsets.UTF_8),
                    socket(member.get(DATA)),
                    socket(member.get(CONTROL))));
        } catch (UnknownHostException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /** The IP address, and the port in the last two bytes. */
    private static byte[] bytes(InetSocketAddress address) {
        byte[] ip = address.getAddress().getAddress();
        return ByteBuffer.allocate(ip.length + PORT_BYTES)
                .put(ip)
                .putShort((short) address.getPort())
                .array();
    }

    private static InetSocketAddress socket(byte[] bytes) throws UnknownHostException {
        int ipBytes = bytes.length - PORT_BYTES;
        InetAddress ip = InetAddress.getByAddress(Arrays.copyOf(bytes, ipBytes));
        return new InetSocketAddress(
                ip, Short.toUnsignedInt(ByteBuffer.wrap(bytes).getShort(ipBytes)));
    }
}
