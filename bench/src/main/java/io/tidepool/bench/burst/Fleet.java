package io.tidepool.bench.burst;

import io.tidepool.bench.lab.AgentSetup;
import io.tidepool.bench.lab.BucketModel;
import io.tidepool.bench.lab.CellAuthority;
import io.tidepool.bench.lab.ForkedAgent;
import io.tidepool.bench.lab.ForkedEmulator;
import io.tidepool.bench.lab.JavaProcess;
import io.tidepool.bench.lab.Network;
import io.tidepool.bench.lab.Place;
import io.tidepool.bench.lab.Workspace;
import io.tidepool.emulator.EmulatorOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hosts with links, a bucket behind one more link, and agents on the hosts when somebody wants them. The bucket is the file
 * server too, when its turn comes: then its link is the file server's. Used by one thread.
 */
final class Fleet {
    private static final long SPARE_BYTES = 256L << 20;
    private static final long LANDING_BYTES = 256L << 20;
    private static final int RELAY_PORT = 7600;
    private static final int NONE = -1;
    private static final String COMPILERS = "-XX:TieredStopAtLevel=";
    /** Where agents send chunks to their peers. */
    static final int DATA_PORT = 7480;

    private final Workspace workspace;
    private final Network network;
    private final ForkedEmulator bucket;
    private final long cacheBytes;
    private final @Nullable CellAuthority authority;
    private final List<ForkedAgent> agents = new ArrayList<>();
    private int loaders;
    private int stingy = NONE;

    private Fleet(
            Workspace workspace,
            Network network,
            ForkedEmulator bucket,
            long cacheBytes,
            @Nullable CellAuthority authority) {
        this.workspace = workspace;
        this.network = network;
        this.bucket = bucket;
        this.cacheBytes = cacheBytes;
        this.authority = authority;
    }

    /**
     * What the JVMs of agents are told beside what ours was told: to use the C1 compiler only. A host has processors for C2,
     * which is done in its agent's first minute; the agents of a fleet share this machine's, and each compiles the same code
     * anew: 40 % of a processor of two, with 8 agents, still in the fourth burst. Not with TLS, which needs C2: AES-GCM does
     * 9 GB/s with it here and 0.04 without.
     */
    static List<String> agentFlags(boolean tls) {
        return tls || JavaProcess.inherits(COMPILERS) ? List.of() : List.of(COMPILERS + 1);
    }

    /** The space that {@code hosts} caches take, each with models of this size. */
    static long diskBytes(int hosts, long modelBytes) {
        return hosts * (modelBytes + 2 * SPARE_BYTES);
    }

    /**
     * Starts an empty bucket, and hosts that nothing runs on; {@code workspace} ends them.
     *
     * @param modelBytes of all models that a host loads
     * @param tls whether agents talk to each other over mutual TLS
     */
    static Fleet start(Workspace workspace, int hosts, long modelBytes, boolean tls) throws InterruptedException {
        Network network = Network.start(workspace, hosts);
        // Plain HTTP clients can't sign.
        ForkedEmulator bucket = ForkedEmulator.start(
                workspace, "--unsigned", "--host=" + network.outside().address());
        CellAuthority authority = tls ? new CellAuthority(workspace.directory().resolve("tls")) : null;
        return new Fleet(workspace, network, bucket, modelBytes + SPARE_BYTES, authority);
    }

    Network network() {
        return network;
    }

    ForkedEmulator bucket() {
        return bucket;
    }

    List<ForkedAgent> agents() {
        return agents;
    }

    /** From now on this host's agent is started so that it is busy for its peers all the time; the others' are not. */
    void setStingy(int host) {
        stingy = host;
    }

    void unsetStingy() {
        stingy = NONE;
    }

    /** Limits the first hosts' links and the bucket's. */
    void shape(int hosts, long nicBits, long outsideBits) {
        for (int i = 0; i < hosts; i++) {
            network.limit(i, nicBits);
        }
        network.limitOutside(outsideBits);
    }

    /**
     * Starts agents on those of the first hosts that have none, with what their caches have.
     *
     * @param share whether they are one another's peers
     */
    void startAgents(int hosts, boolean share) throws InterruptedException {
        List<String> cell = share
                ? network.hosts().stream().limit(hosts).map(Place::address).toList()
                : List.of();
        int first = agents.size();
        for (int i = first; i < hosts; i++) {
            agents.add(launch(i, cell));
        }
        for (ForkedAgent agent : agents.subList(first, hosts)) {
            agent.awaitReady();
        }
    }

    /** Waits until each agent knows all the others, as a fleet does that has been up for a while. */
    void awaitCell() throws InterruptedException {
        for (ForkedAgent agent : agents) {
            agent.awaitPeers(agents.size());
        }
    }

    private ForkedAgent launch(int host, List<String> cell) {
        Place place = network.hosts().get(host);
        CellAuthority.Certified certified = authority == null ? null : authority.certify(place.name());
        AgentSetup setup = new AgentSetup(
                directory(host),
                place,
                bucket.endpoint(),
                cacheBytes,
                LANDING_BYTES,
                true,
                cell,
                certified,
                host == stingy);
        return ForkedAgent.launch(workspace, setup, agentFlags(authority != null));
    }

    private Path directory(int host) {
        return workspace.directory().resolve(network.hosts().get(host).name());
    }

    /** Ends all agents; their caches stay. */
    void stopAgents() {
        agents.parallelStream().forEach(ForkedAgent::close);
        agents.clear();
    }

    /** Deletes the caches of agents that are stopped. */
    void deleteCaches() {
        for (int i = 0; i < network.hosts().size(); i++) {
            Path directory = directory(i);
            if (directory.toFile().exists()) {
                Workspace.delete(directory);
            }
        }
    }

    /** Starts a loader of models, one after another, on a host; it waits for its start. */
    Loader loader(Mode mode, int host, int hosts, List<BucketModel> models) throws IOException {
        List<Part> parts = new ArrayList<>();
        models.forEach(model -> parts.addAll(Part.files(model)));
        return partsLoader(mode, host, hosts, parts);
    }

    /** As {@link #loader}, of parts of files in this order. */
    Loader partsLoader(Mode mode, int host, int hosts, List<Part> parts) throws IOException {
        List<Piece> pieces = new ArrayList<>();
        List<Long> expected = new ArrayList<>();
        for (Part part : parts) {
            pieces.add(new Piece(source(mode, host, part.key()), part.offset(), part.length()));
            expected.add(part.crc32());
        }
        Place place = network.hosts().get(host);
        boolean relays = mode == Mode.CHAIN && host < hosts - 1;
        String[] more = relays ? new String[] {place.address() + ":" + RELAY_PORT} : new String[0];
        Path plan = workspace.directory().resolve("loader-" + ++loaders);
        return Loader.start(workspace, plan, place, pieces, expected, more);
    }

    private String source(Mode mode, int host, String key) {
        if (mode.hasAgents()) {
            return agents.get(host).file(key).toString();
        }
        return mode == Mode.CHAIN && host > 0
                ? "tcp:" + network.hosts().get(host - 1).address() + ":" + RELAY_PORT
                : bucket.endpoint()
                        .resolve("/" + EmulatorOptions.DEFAULT_BUCKET + "/" + key)
                        .toString();
    }
}
