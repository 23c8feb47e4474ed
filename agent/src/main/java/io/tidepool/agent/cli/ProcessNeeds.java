package io.tidepool.agent.cli;

import io.tidepool.agent.chunk.ChunkLayout;
import io.tidepool.agent.cli.config.AgentConfig;
import io.tidepool.agent.cli.config.OriginConfig;
import io.tidepool.agent.disk.DiskOptions;
import io.tidepool.agent.origin.HangingOrigin;
import java.util.Objects;
import java.util.Optional;

/** How many descriptors and threads the configuration may come to use, as sums of named parts, against the limits. */
final class ProcessNeeds {
    /** RocksDB's open files and logs. */
    private static final int INDEX_FILES = 80;
    /** Connections of gRPC clients and of whoever reads metrics. */
    private static final int CLIENTS = 128;
    /** The mount, sockets that listen, files that are read and closed. */
    private static final int OTHER_FILES = 32;

    /** With fewer, each read of another file opens and closes one. */
    private static final int LEAST_CACHE_FILES = 16;

    /** RocksDB, gRPC, timers, and what the JVM starts later. */
    private static final int OTHER_THREADS = 48;

    private final AgentConfig config;
    private final ProcessLimits limits;
    private final int fuseWorkers;

    /** @param fuseWorkers session threads of the mount; 0 without one */
    ProcessNeeds(AgentConfig config, ProcessLimits limits, int fuseWorkers) {
        this.config = config;
        this.limits = limits;
        this.fuseWorkers = fuseWorkers;
    }

    /** How many cache files to keep open: fewer than usual where descriptors are few. */
    int cacheFiles() {
        return Math.clamp(
                limits.descriptors() - descriptorsBesides(), LEAST_CACHE_FILES, DiskOptions.DEFAULT_MAX_OPEN_FILES);
    }

    private long connections() {
        return config.origins().stream()
                .map(OriginConfig::oss)
                .filter(Objects::nonNull)
                .mapToLong(oss -> oss.limits().connections())
                .sum();
    }

    /** One thread for each landing buffer. */
    private long fills() {
        return config.memory().landing().bytes() / ChunkLayout.CHUNK_BYTES;
    }

    /** Of origins that are directories. */
    private long directoryCalls() {
        return config.origins().stream().filter(o -> o.directory() != null).count()
                * HangingOrigin.mostCalls(config.read().fetches());
    }

    /** All threads that may come to run. */
    long threads() {
        return fills() + directoryCalls() + fuseWorkers + OTHER_THREADS + limits.threadsInUse();
    }

    /** Without the cache files. */
    private long descriptorsBesides() {
        return limits.descriptorsInUse() + connections() + INDEX_FILES + CLIENTS + OTHER_FILES;
    }

    /** Why the limits are too low, in one line that says what to raise; empty if they are not. */
    Optional<String> whyTooFew() {
        long descriptors = descriptorsBesides() + LEAST_CACHE_FILES;
        if (descriptors > limits.descriptors()) {
            return Optional.of("needs " + descriptors + " open files (connections to origins " + connections()
                    + ", index " + INDEX_FILES + ", clients " + CLIENTS + ", cache files " + LEAST_CACHE_FILES
                    + ", others " + OTHER_FILES + ", open now " + limits.descriptorsInUse()
                    + "), but this process may have " + limits.descriptors()
                    + ": raise the limit (ulimit -n, systemd LimitNOFILE=), or lower origins[].oss.limits.connections");
        }
        if (threads() > limits.threads()) {
            return Optional.of("needs " + threads() + " threads (fills " + fills() + ", calls to directories "
                    + directoryCalls() + ", fuse " + fuseWorkers + ", others "
                    + OTHER_THREADS + ", running now " + limits.threadsInUse() + "), but this process may have "
                    + limits.threads() + ": raise the limit (pids.max, systemd TasksMax=, kubelet podPidsLimit,"
                    + " ulimit -u), or lower memory.landing");
        }
        return Optional.empty();
    }
}
