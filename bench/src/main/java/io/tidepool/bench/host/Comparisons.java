package io.tidepool.bench.host;

import io.tidepool.agent.cli.Units;
import java.util.List;

/** What is compared with what. */
final class Comparisons {
    private static final int CURLS = 8;
    private static final int READERS = 8;

    private Comparisons() {}

    /** @param shapedBytesPerSecond the bandwidth of a bucket that is far away */
    static List<Comparison> all(Rig rig, long shapedBytesPerSecond) {
        String size = Units.bytes(rig.size());
        return List.of(
                new Comparison(
                        "cold_unshaped",
                        "Cold read of " + size + ", bucket as fast as it can",
                        curls(rig),
                        coldReader(rig),
                        () -> rig.shape(0)),
                new Comparison(
                        "cold_shaped",
                        "Cold read of " + size + ", bucket at " + shapedBytesPerSecond / 1_000_000 + " MB/s",
                        curls(rig),
                        coldReader(rig),
                        () -> rig.shape(shapedBytesPerSecond)),
                new Comparison(
                        "readers",
                        READERS + " processes that each read the same cold " + size + ", against 1",
                        coldReader(rig),
                        coldReaders(rig),
                        () -> rig.shape(0)),
                new Comparison(
                        "warm_first_touch",
                        "First read of " + size + " that the host has, against a plain file in the page cache",
                        plainFile(rig),
                        firstTouch(rig),
                        rig::copyToPlainFile));
    }

    private static Alternative curls(Rig rig) {
        return new Alternative(
                CURLS + " curls into a file",
                ClientCommand.curls(rig.url(), rig.plainFile(), rig.size(), CURLS),
                1,
                rig::deletePlainFile,
                rig::deletePlainFile);
    }

    /** Evicts afterwards too, so that the disk needn't write what nobody will read. */
    private static Alternative coldReader(Rig rig) {
        return new Alternative(
                "1 reader of the mount", List.of(ClientCommand.read(rig.file())), 1, rig::makeCold, rig::makeCold);
    }

    private static Alternative coldReaders(Rig rig) {
        return new Alternative(
                READERS + " readers of the mount",
                ClientCommand.readers(rig.file(), rig.size(), READERS),
                READERS,
                rig::makeCold,
                rig::makeCold);
    }

    private static Alternative plainFile(Rig rig) {
        return new Alternative("plain file", List.of(ClientCommand.read(rig.plainFile())), 1, () -> {}, () -> {});
    }

    private static Alternative firstTouch(Rig rig) {
        return new Alternative(
                "1 reader of the mount", List.of(ClientCommand.read(rig.file())), 1, rig::makeFirstTouch, () -> {});
    }
}
