package io.tidepool.bench.peer;

import io.tidepool.agent.api.PeerServer;
import io.tidepool.agent.api.PeerServerOptions;
import io.tidepool.agent.chunk.ObjectVersion;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One end of {@code bench peer}, in a process of its own: a host that has the object on disk and serves it. */
@Command(name = "peer-serve", hidden = true)
public final class ServeCommand implements Callable<Integer> {
    private static final int SLOTS = 32;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Option(names = "--dir", required = true)
    Path directory = Path.of("");

    @Option(names = "--size", required = true)
    long size;

    @Option(names = "--address", required = true)
    String address = "";

    @Override
    public Integer call() throws Exception {
        ObjectVersion object = HalfHost.object(size);
        try (HalfHost host = new HalfHost(directory, size, new SyntheticSource())) {
            host.bringAll(object);
            PeerServerOptions options = new PeerServerOptions(new InetSocketAddress(address, 0), SLOTS, 0);
            try (PeerServer server = PeerServer.start(options, host.cache, null, host.metrics)) {
                spec.commandLine()
                        .getOut()
                        .printf("serving %d %s%n", server.address().getPort(), host.file(object));
                spec.commandLine().getOut().flush();
                Thread.currentThread().join(); // until it is ended
            }
        }
        return 0;
    }
}
