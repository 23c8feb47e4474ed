package io.tidepool.agent.cli.config;

import io.tidepool.agent.chunk.ChunkLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a configuration must obey beyond each value's own form: keys that need, exclude or contradict each other. */
final class ConfigRules {
    /** Fewer make every load wait for itself; a model has many. */
    private static final long FEWEST_CHUNKS = 8;
    /** sockaddr_un.sun_path less its final NUL, and room for the temporary name that the server binds first. */
    private static final int MAX_SOCKET_PATH_BYTES = 96;

    private static final int MAX_NAME_BYTES = 255;

    private final AgentConfig config;
    private final YamlFile file;

    ConfigRules(AgentConfig config, YamlFile file) {
        this.config = config;
        this.file = file;
    }

    void check() throws ConfigException {
        origins();
        directories();
        cache();
        limits();
        paths();
        new PeersRules(file, config).check();
    }

    private void origins() throws ConfigException {
        require(
                !config.origins().isEmpty(),
                "origins",
                "'origins' is empty: name a bucket or a directory to read from");
        Set<String> names = new HashSet<>();
        for (int i = 0; i < config.origins().size(); i++) {
            OriginConfig origin = config.origins().get(i);
            String at = "origins[" + i + "]";
            fileName(origin.name(), at + ".name");
            require(names.add(origin.name()), at + ".name", "two origins are called '" + origin.name() + "'");
            new OriginRules(file, at).check(origin);
        }
    }

    private void directories() throws ConfigException {
        Set<String> names = new HashSet<>();
        List<String> origins = config.origins().stream().map(OriginConfig::name).toList();
        for (int i = 0; i < config.directories().size(); i++) {
            DirectoryConfig directory = config.directories().get(i);
            String at = "directories[" + i + "]";
            fileName(directory.name(), at + ".name");
            require(names.add(directory.name()), at + ".name", "two directories are called '" + directory.name() + "'");
            String hint = Nearest.of(directory.origin(), origins)
                    .map(nearest -> "did you mean '" + nearest + "'?")
                    .orElse("there is " + String.join(", ", origins));
            require(
                    origins.contains(directory.origin()),
                    at + ".origin",
                    "there is no origin '" + directory.origin() + "': " + hint);
            String prefix = directory.prefix();
            require(
                    prefix.isEmpty() || (prefix.endsWith("/") && !prefix.startsWith("/") && !prefix.contains("//")),
                    at + ".prefix",
                    "'" + at + ".prefix' must be like 'models/': no '/' at its start, one at its end");
        }
    }

    private void fileName(String name, String path) throws ConfigException {
        boolean good = !name.isBlank()
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().noneMatch(c -> c == '/' || Character.isISOControl(c))
                && name.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME_BYTES;
        require(
                good,
                path,
                "'" + path + "' becomes a directory's name, so it can't be empty, '.', '..', or have a '/', a control"
                        + " character or over 255 bytes");
    }

    private void cache() throws ConfigException {
        CacheConfig cache = config.cache();
        atLeastChunks("cache.capacity", cache.capacity());
        require(cache.lowWatermark() > 0, "cache.lowWatermark", "'cache.lowWatermark' must be above 0");
        require(
                cache.lowWatermark() <= cache.highWatermark(),
                "cache.lowWatermark",
                "'cache.lowWatermark' (" + cache.lowWatermark() + ") is above 'cache.highWatermark' ("
                        + cache.highWatermark() + "): eviction would never stop");
        atLeastChunks("memory.landing", config.memory().landing());
    }

    private void atLeastChunks(String path, DataSize size) throws ConfigException {
        DataSize fewest = new DataSize(FEWEST_CHUNKS * ChunkLayout.CHUNK_BYTES);
        require(
                size.bytes() >= fewest.bytes(),
                path,
                "'" + path + "' is " + size + ", which is too small: give it at least " + fewest);
    }

    private void limits() throws ConfigException {
        require(config.fuse().workers() >= 0, "fuse.workers", "'fuse.workers' can't be negative");
        DataSize readAhead = config.fuse().readAhead();
        require(
                readAhead.bytes() % 1024 == 0 && readAhead.bytes() <= 1L << 30,
                "fuse.readAhead",
                "'fuse.readAhead' must be whole KiB and at most 1GiB");
        require(config.grpc().maxReads() >= 1, "grpc.maxReads", "'grpc.maxReads' must be at least 1");
        duration(config.read().deadline(), "read.deadline", Duration.ofMillis(100), Duration.ofHours(1));
        duration(config.read().attributeTime(), "read.attributeTime", Duration.ZERO, Duration.ofDays(1));
        require(config.read().fetches() >= 1, "read.fetches", "'read.fetches' must be at least 1");
        HostPort tcp = config.grpc().tcp();
        require(
                tcp == null || tcp.port() == 0 || !tcp.equals(config.metrics().address()),
                "grpc.tcp",
                "'grpc.tcp' and 'metrics.address' are both " + tcp);
    }

    private void duration(Duration value, String path, Duration least, Duration most) throws ConfigException {
        require(
                value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
                path,
                "'" + path + "' is " + Values.text(value) + "; it must be from " + Values.text(least) + " to "
                        + Values.text(most));
    }

    private void paths() throws ConfigException {
        Path cache = config.cache().directory();
        Path mount = config.fuse().mountPoint();
        Path socket = config.grpc().socket();
        require(
                socket.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_SOCKET_PATH_BYTES,
                "grpc.socket",
                "'grpc.socket' is longer than the " + MAX_SOCKET_PATH_BYTES
                        + " bytes that a Unix socket's path may have");
        if (config.fuse().enabled()) {
            require(mount.getNameCount() > 0, "fuse.mountPoint", "'fuse.mountPoint' can't be /");
            apart("fuse.mountPoint", mount, "cache.directory", cache);
            require(
                    !socket.startsWith(mount),
                    "grpc.socket",
                    "'grpc.socket' (" + socket + ") is below 'fuse.mountPoint' (" + mount + ")");
        }
        for (int i = 0; i < config.origins().size(); i++) {
            Path directory = config.origins().get(i).directory();
            if (directory != null) {
                String at = "origins[" + i + "].directory";
                apart(at, directory, "cache.directory", cache);
                if (config.fuse().enabled()) {
                    apart(at, directory, "fuse.mountPoint", mount);
                }
            }
        }
    }

    /** Neither inside the other: a mount over the cache hides it, a mount that reads itself waits for itself. */
    private void apart(String oneKey, Path one, String otherKey, Path other) throws ConfigException {
        require(
                !one.startsWith(other) && !other.startsWith(one),
                oneKey,
                "'" + oneKey + "' (" + one + ") and '" + otherKey + "' (" + other + ") must not lie inside each other");
    }

    private void require(boolean good, String path, String message) throws ConfigException {
        if (!good) {
            throw file.wrong(path, message);
        }
    }
}
