package io.tidepool.agent.api;

import io.tidepool.agent.catalog.CatalogEntry;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.peer.tracker.PeerHost;
import io.tidepool.proto.v1.HostTraffic;
import io.tidepool.proto.v1.TrafficRequest;
import io.tidepool.proto.v1.WarmProgress;
import io.tidepool.proto.v1.WarmRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * One call of {@code Warm} for several hosts of the cell. Each wanted copy is a place; the one who has a place is the next
 * best host, and when that fails by itself the next one gets it.
 */
final class FleetWarmCall implements ReplyStream.Work<WarmProgress> {
    private final WarmRequest request;
    private final PathExpander paths;
    private final Cell cell;

    FleetWarmCall(WarmRequest request, PathExpander paths, Cell cell) {
        this.request = request;
        this.paths = paths;
        this.cell = cell;
    }

    @Override
    public void run(ReplyStream<WarmProgress> out) throws ChunkException, InterruptedException {
        if (request.getCopies() < 0 || (request.getCopies() > 0 && request.getAllHosts())) {
            throw new ChunkException(Kind.INVALID, "either copies, 1 or more, or all hosts");
        }
        List<CatalogEntry.File> files = paths.files(request.getPathsList());
        List<PeerHost> hosts = request.getAllHosts() ? cell.view().hosts() : candidates(files);
        int wanted = request.getAllHosts() ? hosts.size() : request.getCopies();
        FleetProgress fleet = new FleetProgress(wanted);
        ProgressLoop.run(
                () -> warm(hosts, wanted, fleet),
                ProgressLoop.interval(request.hasProgressInterval(), request.getProgressInterval()),
                fleet::message,
                out);
        out.send(fleet.lastMessage());
    }

    /** Those that have most of the files first, among equals those whose cache holds least. */
    private List<PeerHost> candidates(List<CatalogEntry.File> files) throws InterruptedException {
        List<CatalogEntry.File> sample = files.subList(0, Math.min(files.size(), CellService.MAX_VERSIONS));
        Map<PeerHost, Long> held = Holdings.of(cell, sample).bytesByHost();
        Map<PeerHost, Long> cached = new HashMap<>();
        for (Cell.Answer<HostTraffic> answer : cell.askAll(host -> host.traffic(TrafficRequest.getDefaultInstance()))) {
            if (answer.value() != null) {
                cached.put(answer.host(), answer.value().getCachedBytes());
            }
        }
        List<PeerHost> hosts = new ArrayList<>(cell.view().hosts());
        hosts.sort(Comparator.comparingLong((PeerHost host) -> held.getOrDefault(host, -1L))
                .reversed()
                .thenComparingLong(host -> cached.getOrDefault(host, Long.MAX_VALUE)));
        return hosts;
    }

    private void warm(List<PeerHost> hosts, int places, FleetProgress fleet) throws InterruptedException {
        if (hosts.isEmpty()) {
            return;
        }
        Queue<PeerHost> free = new ArrayBlockingQueue<>(hosts.size(), false, hosts);
        WarmRequest forHost = request.toBuilder().clearCopies().clearAllHosts().build();
        try (ExecutorService runners = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < Math.min(places, hosts.size()); i++) {
                running.add(runners.submit(() -> {
                    fill(free, forHost, fleet);
                    return null;
                }));
            }
            try {
                for (Future<?> each : running) {
                    each.get();
                }
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            } finally {
                // Closing the executor then waits for the hosts' calls to end.
                running.forEach(each -> each.cancel(true));
            }
        }
    }

    /** Fills one place. */
    private void fill(Queue<PeerHost> free, WarmRequest forHost, FleetProgress fleet) throws InterruptedException {
        HostWarming.Outcome outcome = HostWarming.Outcome.HOST_FAILED;
        while (outcome == HostWarming.Outcome.HOST_FAILED) {
            PeerHost host = free.poll();
            if (host == null) {
                return;
            }
            outcome = fleet.begin(host).run(cell, forHost);
        }
    }
}
