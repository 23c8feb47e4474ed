package io.tidepool.agent.api;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.peer.tracker.PeerHost;
import io.tidepool.proto.v1.CellHost;
import io.tidepool.proto.v1.HostTraffic;
import io.tidepool.proto.v1.PeersResponse;
import io.tidepool.proto.v1.TrafficRequest;
import java.net.InetSocketAddress;

/** One call of {@code Peers}: who is alive, and what each took and gave. */
record PeersCall(Cell cell) implements ReplyStream.Work<PeersResponse> {
    @Override
    public void run(ReplyStream<PeersResponse> out) throws ChunkException, InterruptedException {
        PeersResponse.Builder response = PeersResponse.newBuilder().setCell(cell.name());
        PeerHost self = cell.view().self();
        for (Cell.Answer<HostTraffic> answer : cell.askAll(host -> host.traffic(TrafficRequest.getDefaultInstance()))) {
            response.addHosts(message(answer, answer.host().equals(self)));
        }
        out.send(response.build());
    }

    private CellHost message(Cell.Answer<HostTraffic> answer, boolean self) {
        PeerHost host = answer.host();
        CellHost.Builder message = CellHost.newBuilder()
                .setName(host.name())
                .setId(host.id())
                .setZone(host.zone())
                .setDataAddress(text(host.data()))
                .setControlAddress(text(host.control()))
                .setSelf(self)
                .setTrouble(answer.trouble());
        cell.since(host).ifPresent(since -> message.setSince(Entries.timestamp(since)));
        if (answer.value() != null) {
            message.setTraffic(answer.value());
        }
        return message.build();
    }

    private static String text(InetSocketAddress address) {
        String ip = address.getAddress().getHostAddress();
        return (ip.contains(":") ? "[" + ip + "]" : ip) + ":" + address.getPort();
    }
}
