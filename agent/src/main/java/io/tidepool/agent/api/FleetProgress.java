package io.tidepool.agent.api;

import io.tidepool.agent.peer.tracker.PeerHost;
import io.tidepool.proto.v1.HostWarmState;
import io.tidepool.proto.v1.PathFailure;
import io.tidepool.proto.v1.Tier;
import io.tidepool.proto.v1.TierBytes;
import io.tidepool.proto.v1.WarmProgress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** How far a fleet's warm-up is: its hosts, and what they are together. Hosts are added by any thread. */
final class FleetProgress {
    private static final int MAX_FAILURES = 100;

    private final int wanted;
    private final List<HostWarming> hosts = new CopyOnWriteArrayList<>();
    private final long startNanos = System.nanoTime();

    FleetProgress(int wanted) {
        this.wanted = wanted;
    }

    /** One more host is at it. */
    HostWarming begin(PeerHost host) {
        HostWarming warming = new HostWarming(host);
        hosts.add(warming);
        return warming;
    }

    WarmProgress message() {
        return together().build();
    }

    WarmProgress lastMessage() {
        WarmProgress.Builder last = together().setFinished(true).clearEta();
        long fetched = last.getSourcesList().stream()
                .filter(source -> source.getTier() != Tier.TIER_DISK)
                .mapToLong(TierBytes::getBytes)
                .sum();
        last.setBytesPerSecond(fetched * 1e9 / Math.max(1, System.nanoTime() - startNanos));
        hosts.stream().flatMap(FleetProgress::failures).limit(MAX_FAILURES).forEach(last::addFailures);
        return last.build();
    }

    private static Stream<PathFailure> failures(HostWarming host) {
        return host.progress().getFailuresList().stream()
                .map(failure -> failure.toBuilder()
                        .setMessage("on " + host.host().name() + ": " + failure.getMessage())
                        .build());
    }

    private WarmProgress.Builder together() {
        WarmProgress.Builder sum = WarmProgress.newBuilder()
                .setWantedHosts(wanted)
                .setElapsed(Entries.duration(Duration.ofNanos(System.nanoTime() - startNanos)));
        Map<Tier, Long> sources = new EnumMap<>(Tier.class);
        long modelBytes = 0;
        for (HostWarming host : hosts) {
            WarmProgress progress = host.progress();
            modelBytes = Math.max(modelBytes, progress.getTotalBytes());
            progress.getSourcesList().forEach(each -> sources.merge(each.getTier(), each.getBytes(), Long::sum));
            sum.addHosts(host.message());
            if (host.state() != HostWarmState.HOST_WARM_STATE_FAILED) {
                add(sum, host);
            }
            sum.setFailedFiles(sum.getFailedFiles() + progress.getFailedFiles());
        }
        sources.forEach((tier, bytes) -> sum.addSources(
                TierBytes.newBuilder().setTier(tier).setBytes(bytes).build()));
        if (modelBytes > 0) {
            sum.setAmplification((double) sources.getOrDefault(Tier.TIER_ORIGIN, 0L) / modelBytes);
        }
        return sum;
    }

    private static void add(WarmProgress.Builder sum, HostWarming host) {
        WarmProgress progress = host.progress();
        sum.setTotalBytes(sum.getTotalBytes() + progress.getTotalBytes())
                .setDoneBytes(sum.getDoneBytes() + progress.getDoneBytes())
                .setTotalFiles(sum.getTotalFiles() + progress.getTotalFiles())
                .setDoneFiles(sum.getDoneFiles() + progress.getDoneFiles());
        if (host.state() == HostWarmState.HOST_WARM_STATE_DONE) {
            sum.setDoneHosts(sum.getDoneHosts() + 1);
        } else {
            sum.setBytesPerSecond(sum.getBytesPerSecond() + progress.getBytesPerSecond());
            if (progress.hasEta()
                    && (!sum.hasEta()
                            || Entries.duration(progress.getEta()).compareTo(Entries.duration(sum.getEta())) > 0)) {
                sum.setEta(progress.getEta());
            }
        }
    }
}
