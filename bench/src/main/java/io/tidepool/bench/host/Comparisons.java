package io.tidepool.bench.host;

import io.tidepool.agent.cli.Units;
import java.io.IOException;
import java.util.List;

/** What is compared with what. */
final class Comparisons {
    private static final int CURLS = 8;
    private static final int READERS = 8;
    private static final int FAR_AWAY_MILLIS = 50;

    private Comparisons() {}

    /** @param shapedBytesPerSecond the bandwidth of a bucket that is far away */
    static List<Comparison> all(Rig rig, long shapedBytesPerSecond) throws IOException {
        String size = Units.bytes(rig.size());
        String fast = "bucket as fast as it can";
        String slow = "bucket at " + shapedBytesPerSecond / 1_000_000 + " MB/s";
        Alternative.Step unshaped = () -> rig.shape(0, 0);
        Alternative.Step shaped = () -> rig.shape(shapedBytesPerSecond, 0);
        return List.of(
                coldRead(rig, "cold_unshaped", "Cold read of " + size + ", " + fast, Goal.speed(0.5), unshaped),
                coldRead(rig, "cold_shaped", "Cold read of " + size + ", " + slow, Goal.speed(0.95), shaped),
                randomOrder(rig, "random_order", size + " of tensors, cold, in random order, " + fast, unshaped),
                readers(rig, "readers", READERS + " readers of one cold file of " + size + ", " + fast, unshaped),
                readers(rig, "readers_shaped", READERS + " readers of one cold file of " + size + ", " + slow, shaped),
                firstByte(rig),
                new Comparison(
                        "warm_first_touch",
                        "First read of " + size + " that the host has, against a plain file in the page cache",
                        rig.size(),
                        null,
                        plainFile(rig),
                        firstTouch(rig),
                        rig::copyToPlainFile));
    }

    private static Comparison coldRead(Rig rig, String id, String title, Goal goal, Alternative.Step before) {
        return new Comparison(id, title, rig.size(), goal, curls(rig), coldReader(rig), before);
    }

    private static Comparison randomOrder(Rig rig, String id, String title, Alternative.Step before)
            throws IOException {
        return new Comparison(id, title, rig.size(), Goal.time(1.2), tensors(rig, false), tensors(rig, true), before);
    }

    private static Comparison readers(Rig rig, String id, String title, Alternative.Step before) {
        return new Comparison(id, title, rig.size(), Goal.time(1.3), coldReader(rig), coldReaders(rig), before);
    }

    private static Comparison firstByte(Rig rig) {
        String title = "First byte of a cold file of " + Units.bytes(Rig.LARGE_BYTES) + ", bucket " + FAR_AWAY_MILLIS
                + " ms away";
        Alternative curl = new Alternative(
                "curl of 1 byte", List.of(ClientCommand.firstByte(rig.largeUrl())), 1, () -> {}, () -> {});
        Alternative mount = new Alternative(
                "1 reader of the mount",
                List.of(ClientCommand.firstByte(rig.largeFile())),
                1,
                rig::makeLargeCold,
                rig::makeLargeCold);
        return new Comparison(
                "first_byte", title, Rig.LARGE_BYTES, Goal.delay(50), curl, mount, () -> rig.shape(0, FAR_AWAY_MILLIS));
    }

    private static Alternative curls(Rig rig) {
        return new Alternative(
                CURLS + " curls into a file",
                ClientCommand.curls(rig.url(), rig.plainFile(), rig.size(), CURLS),
                rig.size(),
                rig::deletePlainFile,
                rig::deletePlainFile);
    }

    /** Evicts afterwards too, so that the disk needn't write what nobody will read. */
    private static Alternative coldReader(Rig rig) {
        return new Alternative(
                "1 reader of the mount",
                List.of(ClientCommand.read(rig.file())),
                rig.size(),
                rig::makeCold,
                rig::makeCold);
    }

    private static Alternative coldReaders(Rig rig) {
        return new Alternative(
                READERS + " readers of the mount",
                ClientCommand.readers(rig.file(), rig.size(), READERS),
                READERS * rig.size(),
                rig::makeCold,
                rig::makeCold);
    }

    private static Alternative tensors(Rig rig, boolean shuffled) throws IOException {
        return new Alternative(
                shuffled ? "tensors in random order" : "tensors in file order",
                List.of(rig.tensorReader(shuffled)),
                rig.tensorBytes(),
                rig::makeModelCold,
                rig::makeModelCold);
    }

    private static Alternative plainFile(Rig rig) {
        return new Alternative(
                "plain file", List.of(ClientCommand.read(rig.plainFile())), rig.size(), () -> {}, () -> {});
    }

    private static Alternative firstTouch(Rig rig) {
        return new Alternative(
                "1 reader of the mount",
                List.of(ClientCommand.read(rig.file())),
                rig.size(),
                rig::makeFirstTouch,
                () -> {});
    }
}
