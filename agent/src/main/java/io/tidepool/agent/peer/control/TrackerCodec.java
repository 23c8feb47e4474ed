package io.tidepool.agent.peer.control;

import com.google.protobuf.ByteString;
import io.tidepool.agent.chunk.VersionId;
import io.tidepool.agent.peer.tracker.ChunkSums;
import io.tidepool.agent.peer.tracker.FromTracker;
import io.tidepool.agent.peer.tracker.PeerHost;
import io.tidepool.agent.peer.tracker.Stretch;
import io.tidepool.agent.peer.tracker.ToTracker;
import io.tidepool.proto.v1.Address;
import io.tidepool.proto.v1.Answers;
import io.tidepool.proto.v1.Ask;
import io.tidepool.proto.v1.ChunkAnswer;
import io.tidepool.proto.v1.ChunkChecksums;
import io.tidepool.proto.v1.ChunkSumsUpdate;
import io.tidepool.proto.v1.Gone;
import io.tidepool.proto.v1.HeldChunk;
import io.tidepool.proto.v1.Holding;
import io.tidepool.proto.v1.HostHeartbeat;
import io.tidepool.proto.v1.HostMessage;
import io.tidepool.proto.v1.Landed;
import io.tidepool.proto.v1.SourceFailure;
import io.tidepool.proto.v1.SourceFailureReason;
import io.tidepool.proto.v1.SourceHost;
import io.tidepool.proto.v1.StretchId;
import io.tidepool.proto.v1.Sums;
import io.tidepool.proto.v1.TrackerHeartbeat;
import io.tidepool.proto.v1.TrackerMessage;
import io.tidepool.proto.v1.Want;
import io.tidepool.proto.v1.Wrong;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * What trackers and hosts say to each other, as protobuf messages and back.
 *
 * <p>What arrives is another host's word: each method that reads throws {@link IllegalArgumentException} on what no agent
 * would send.
 */
final class TrackerCodec {
    private TrackerCodec() {}

    static HostMessage encode(ToTracker message) {
        HostMessage.Builder to = HostMessage.newBuilder();
        switch (message) {
            case ToTracker.Ask ask ->
                to.setAsk(Ask.newBuilder()
                        .setStretch(encode(ask.stretch()))
                        .addAllWants(
                                ask.wants().stream().map(TrackerCodec::encode).toList()));
            case ToTracker.Landed landed ->
                to.setLanded(Landed.newBuilder()
                        .setStretch(encode(landed.stretch()))
                        .setChunk(landed.chunk())
                        .setFirstBlock(landed.firstBlock())
                        .addAllCrc32C(list(landed.crc32c())));
            case ToTracker.Holding holding ->
                to.setHolding(Holding.newBuilder()
                        .setStretch(encode(holding.stretch()))
                        .addAllChunks(holding.chunks().stream()
                                .map(TrackerCodec::encode)
                                .toList()));
            case ToTracker.Gone gone ->
                to.setGone(Gone.newBuilder().setStretch(encode(gone.stretch())).addAllChunks(list(gone.chunks())));
            case ToTracker.Wrong wrong -> to.setWrong(Wrong.newBuilder().setStretch(encode(wrong.stretch())));
            case ToTracker.Heartbeat heartbeat ->
                to.setHeartbeat(HostHeartbeat.newBuilder()
                        .setUploads(heartbeat.uploads())
                        .setUploadSlots(heartbeat.uploadSlots())
                        .setIdle(heartbeat.idle()));
        }
        return to.build();
    }

    private static Want encode(ToTracker.Want want) {
        Want.Builder to = Want.newBuilder()
                .setChunk(want.chunk())
                .setDemand(want.demand())
                .setLandedBlocks(want.landedBlocks());
        for (ToTracker.Failure failure : want.failures()) {
            to.addFailures(SourceFailure.newBuilder().setHost(failure.host()).setReason(encode(failure.reason())));
        }
        return to.build();
    }

    private static SourceFailureReason encode(ToTracker.Reason reason) {
        return switch (reason) {
            case MISSING -> SourceFailureReason.SOURCE_FAILURE_REASON_MISSING;
            case BUSY -> SourceFailureReason.SOURCE_FAILURE_REASON_BUSY;
            case BROKEN -> SourceFailureReason.SOURCE_FAILURE_REASON_BROKEN;
            case SLOW -> SourceFailureReason.SOURCE_FAILURE_REASON_SLOW;
            case CORRUPT -> SourceFailureReason.SOURCE_FAILURE_REASON_CORRUPT;
        };
    }

    private static HeldChunk encode(ToTracker.Held held) {
        HeldChunk.Builder to = HeldChunk.newBuilder().setChunk(held.chunk()).setComplete(held.complete());
        ChunkSums record = held.record();
        if (record != null) {
            to.setRecord(encode(record));
        }
        return to.build();
    }

    private static ChunkChecksums encode(ChunkSums sums) {
        ChunkChecksums.Builder to = ChunkChecksums.newBuilder().addAllCrc32C(list(sums.crc32c()));
        sums.crc64().ifPresent(to::setCrc64);
        return to.build();
    }

    private static StretchId encode(Stretch stretch) {
        ByteBuffer id = ByteBuffer.allocate(VersionId.BYTES);
        stretch.version().write(id);
        return StretchId.newBuilder()
                .setVersion(ByteString.copyFrom(id.flip()))
                .setNumber(stretch.number())
                .build();
    }

    /** Reads what another host sent; a hello is not for here. */
    static ToTracker decode(HostMessage message) {
        return switch (message.getMessageCase()) {
            case ASK ->
                new ToTracker.Ask(
                        decode(message.getAsk().getStretch()),
                        message.getAsk().getWantsList().stream()
                                .map(TrackerCodec::decode)
                                .toList());
            case LANDED -> decode(message.getLanded());
            case HOLDING ->
                new ToTracker.Holding(
                        decode(message.getHolding().getStretch()),
                        message.getHolding().getChunksList().stream()
                                .map(TrackerCodec::decode)
                                .toList());
            case GONE ->
                new ToTracker.Gone(
                        decode(message.getGone().getStretch()),
                        array(message.getGone().getChunksList()));
            case WRONG -> new ToTracker.Wrong(decode(message.getWrong().getStretch()));
            case HEARTBEAT ->
                new ToTracker.Heartbeat(
                        message.getHeartbeat().getUploads(),
                        message.getHeartbeat().getUploadSlots(),
                        message.getHeartbeat().getIdle());
            case HELLO, MESSAGE_NOT_SET ->
                throw new IllegalArgumentException("not a message to a tracker: " + message.getMessageCase());
        };
    }

    private static ToTracker.Landed decode(Landed landed) {
        return new ToTracker.Landed(
                decode(landed.getStretch()), landed.getChunk(), landed.getFirstBlock(), array(landed.getCrc32CList()));
    }

    private static ToTracker.Want decode(Want want) {
        List<ToTracker.Failure> failures = want.getFailuresList().stream()
                .map(f -> new ToTracker.Failure(f.getHost(), decode(f.getReason())))
                .toList();
        return new ToTracker.Want(want.getChunk(), want.getDemand(), want.getLandedBlocks(), failures);
    }

    private static ToTracker.Reason decode(SourceFailureReason reason) {
        return switch (reason) {
            case SOURCE_FAILURE_REASON_MISSING -> ToTracker.Reason.MISSING;
            case SOURCE_FAILURE_REASON_BUSY -> ToTracker.Reason.BUSY;
            case SOURCE_FAILURE_REASON_BROKEN -> ToTracker.Reason.BROKEN;
            case SOURCE_FAILURE_REASON_SLOW -> ToTracker.Reason.SLOW;
            case SOURCE_FAILURE_REASON_CORRUPT -> ToTracker.Reason.CORRUPT;
            case SOURCE_FAILURE_REASON_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("no reason: " + reason);
        };
    }

    private static ToTracker.Held decode(HeldChunk held) {
        return new ToTracker.Held(
                held.getChunk(), held.hasRecord() ? decode(held.getRecord()) : null, held.getComplete());
    }

    private static ChunkSums decode(ChunkChecksums sums) {
        return new ChunkSums(
                array(sums.getCrc32CList()), sums.hasCrc64() ? OptionalLong.of(sums.getCrc64()) : OptionalLong.empty());
    }

    private static Stretch decode(StretchId stretch) {
        if (stretch.getVersion().size() != VersionId.BYTES || stretch.getNumber() < 0) {
            throw new IllegalArgumentException("not a stretch: " + stretch);
        }
        return new Stretch(VersionId.read(stretch.getVersion().asReadOnlyByteBuffer()), stretch.getNumber());
    }

    static TrackerMessage encode(FromTracker message) {
        TrackerMessage.Builder to = TrackerMessage.newBuilder();
        switch (message) {
            case FromTracker.Answers answers ->
                to.setAnswers(Answers.newBuilder()
                        .setStretch(encode(answers.stretch()))
                        .addAllAnswers(answers.answers().stream()
                                .map(TrackerCodec::encode)
                                .toList()));
            case FromTracker.Sums sums -> {
                Sums.Builder all = Sums.newBuilder().setStretch(encode(sums.stretch()));
                sums.updates()
                        .forEach(update -> all.addUpdates(ChunkSumsUpdate.newBuilder()
                                .setChunk(update.chunk())
                                .setRecord(encode(update.record()))));
                to.setSums(all);
            }
            case FromTracker.Heartbeat _ -> to.setHeartbeat(TrackerHeartbeat.getDefaultInstance());
        }
        return to.build();
    }

    private static ChunkAnswer encode(FromTracker.Answer answer) {
        ChunkAnswer.Builder to = ChunkAnswer.newBuilder().setChunk(answer.chunk());
        if (answer instanceof FromTracker.Answer.From from) {
            PeerHost host = from.host();
            to.setFrom(SourceHost.newBuilder()
                            .setHost(host.id())
                            .setZone(host.zone())
                            .setData(encode(host.data()))
                            .setControl(encode(host.control())))
                    .setRecord(encode(from.record()))
                    .setWhole(from.whole());
        }
        return to.build();
    }

    private static Address encode(InetSocketAddress address) {
        return Address.newBuilder()
                .setIp(ByteString.copyFrom(address.getAddress().getAddress()))
                .setPort(address.getPort())
                .build();
    }

    static FromTracker decode(TrackerMessage message) {
        return switch (message.getMessageCase()) {
            case ANSWERS ->
                new FromTracker.Answers(
                        decode(message.getAnswers().getStretch()),
                        message.getAnswers().getAnswersList().stream()
                                .map(TrackerCodec::decode)
                                .toList());
            case SUMS ->
                new FromTracker.Sums(
                        decode(message.getSums().getStretch()),
                        message.getSums().getUpdatesList().stream()
                                .map(u -> new FromTracker.ChunkUpdate(u.getChunk(), decode(u.getRecord())))
                                .toList());
            case HEARTBEAT -> new FromTracker.Heartbeat();
            case MESSAGE_NOT_SET -> throw new IllegalArgumentException("not a tracker's message");
        };
    }

    private static FromTracker.Answer decode(ChunkAnswer answer) {
        if (!answer.hasFrom()) {
            return new FromTracker.Answer.Lease(answer.getChunk());
        }
        SourceHost from = answer.getFrom();
        PeerHost host = new PeerHost(from.getHost(), from.getZone(), decode(from.getData()), decode(from.getControl()));
        return new FromTracker.Answer.From(answer.getChunk(), host, decode(answer.getRecord()), answer.getWhole());
    }

    private static InetSocketAddress decode(Address address) {
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(address.getIp().toByteArray()), address.getPort());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("not an address: " + address, e);
        }
    }

    private static List<Integer> list(int[] values) {
        return Arrays.stream(values).boxed().toList();
    }

    private static int[] array(List<Integer> values) {
        return values.stream().mapToInt(Integer::intValue).toArray();
    }
}
