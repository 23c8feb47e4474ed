package io.tidepool.bench.peer;

import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.chunk.ChunkSource;
import io.tidepool.agent.chunk.FillTicket;
import io.tidepool.agent.chunk.LandingBuffer;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.chunk.Tier;
import io.tidepool.agent.peer.Outcome;
import io.tidepool.agent.peer.Pace;
import io.tidepool.agent.peer.PeerClient;
import io.tidepool.agent.peer.Sums;
import io.tidepool.agent.peer.tracker.ChunkSums;
import io.tidepool.agent.peer.tracker.PeerHost;
import io.tidepool.bench.lab.Cpu;
import io.tidepool.bench.lab.WarmMemory;
import io.tidepool.emulator.SyntheticBytes;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.zip.CRC32C;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The other end of {@code bench peer}: a host that fetches the object again and again, and says what each time cost. */
@Command(name = "peer-fetch", hidden = true)
public final class FetchCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Option(names = "--dir", required = true)
    Path directory = Path.of("");

    @Option(names = "--size", required = true)
    long size;

    @Option(names = "--host", required = true)
    String host = "";

    @Option(names = "--port", required = true)
    int port;

    @Option(names = "--server-pid", required = true)
    long serverPid;

    @Option(names = "--warm-up", required = true)
    int warmUps;

    @Option(names = "--repeat", required = true)
    int repeats;

    @Override
    public Integer call() throws Exception {
        ObjectVersion object = HalfHost.object(size);
        InetSocketAddress server = new InetSocketAddress(host, port);
        try (PeerClient client = new PeerClient(server, null);
                HalfHost cache = new HalfHost(directory, size, new FromPeer(client, server, sums(object)))) {
            for (int run = -warmUps; run < repeats; run++) {
                WarmMemory.touch(size);
                long start = System.nanoTime();
                double serverCpu = Cpu.ofProcess(serverPid);
                double ownCpu = Cpu.ofProcess(ProcessHandle.current().pid());
                cache.bringAll(object);
                PeerRun ran = new PeerRun(
                        "",
                        (System.nanoTime() - start) / 1e9,
                        size,
                        Cpu.ofProcess(serverPid) - serverCpu,
                        Cpu.ofProcess(ProcessHandle.current().pid()) - ownCpu);
                cache.forget(object);
                if (run >= 0) {
                    spec.commandLine().getOut().println(ran.line());
                    spec.commandLine().getOut().flush();
                }
            }
        }
        return 0;
    }

    /** What a tracker would say. */
    private static List<ChunkSums> sums(ObjectVersion object) {
        List<ChunkSums> all = new ArrayList<>();
        for (int index = 0; index < object.chunkCount(); index++) {
            ChunkId id = object.chunk(index);
            byte[] bytes = SyntheticBytes.range(object.key(), 1, id.offset(), id.length());
            int[] blocks = new int[ChunkLayout.blockCount(id.length())];
            for (int block = 0; block < blocks.length; block++) {
                int start = block * ChunkLayout.BLOCK_BYTES;
                CRC32C crc = new CRC32C();
                crc.update(bytes, start, Math.min(ChunkLayout.BLOCK_BYTES, bytes.length - start));
                blocks[block] = (int) crc.getValue();
            }
            all.add(new ChunkSums(blocks, OptionalLong.empty()));
        }
        return all;
    }

    private record FromPeer(PeerClient client, InetSocketAddress server, List<ChunkSums> sums) implements ChunkSource {
        @Override
        public Tier tier() {
            return Tier.PEER;
        }

        @Override
        public boolean fill(ChunkId id, LandingBuffer into, FillTicket ticket) throws InterruptedException {
            PeerHost peer = new PeerHost("server/0", "", server, server);
            Outcome outcome =
                    client.fetch(peer, id, into, new Sums(sums.get(id.index())), Pace.within(Duration.ofSeconds(20)));
            return outcome instanceof Outcome.Done;
        }
    }
}
