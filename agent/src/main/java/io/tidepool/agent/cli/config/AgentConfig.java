package io.tidepool.agent.cli.config;

import java.nio.file.Path;
import java.util.List;

/** The whole configuration file: one record for each component of the agent. Immutable, and checked by {@link ConfigRules}. */
public record AgentConfig(
        @Setting("Where bytes come from first: buckets, or directories such as a NAS mount.")
        List<OriginConfig> origins,

        @Setting("The top-level directories of the mount, each an origin or a prefix of one. Without this section each"
                + " origin is a directory under its own name.")
        List<DirectoryConfig> directories,

        @Setting("The cache on local disk.") CacheConfig cache,
        @Setting("Memory that is not the JVM's heap.") MemoryConfig memory,
        @Setting("The file system that the kernel shows.") FuseConfig fuse,
        @Setting("The read and admin API.") GrpcConfig grpc,
        @Setting("Metrics and health over HTTP.") MetricsConfig metrics,
        @Setting("How reads behave.") ReadConfig read,

        @Setting("Sharing with other hosts, see [PEERS.md](PEERS.md).")
        PeersConfig peers) {

    /**
     * Reads and checks {@code file}.
     *
     * @throws ConfigException with the first thing that is wrong
     */
    public static AgentConfig load(Path file) throws ConfigException {
        return from(YamlFile.read(file));
    }

    /**
     * Reads and checks a configuration that is no file.
     *
     * @param name what messages call it
     */
    public static AgentConfig parse(String name, String yaml) throws ConfigException {
        return from(YamlFile.parse(name, yaml));
    }

    private static AgentConfig from(YamlFile file) throws ConfigException {
        AgentConfig config = new Binder(file).bind(AgentConfig.class).withDirectories();
        new ConfigRules(config, file).check();
        return config;
    }

    private AgentConfig withDirectories() {
        List<DirectoryConfig> all = directories.isEmpty()
                ? origins.stream().map(o -> DirectoryConfig.of(o.name())).toList()
                : directories;
        return new AgentConfig(origins, all, cache, memory, fuse, grpc, metrics, read, peers);
    }
}
