package io.tidepool.agent.cli.client;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.agent.cli.Table;
import io.tidepool.agent.cli.Terminal;
import io.tidepool.agent.cli.Units;
import io.tidepool.proto.v1.AgentStatus;
import io.tidepool.proto.v1.CacheStatus;
import io.tidepool.proto.v1.MemoryStatus;
import io.tidepool.proto.v1.MountStatus;
import io.tidepool.proto.v1.OriginStatus;
import io.tidepool.proto.v1.TrafficStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tidepool status}. */
@Command(
        name = "status",
        header = "Tells how the agent is: its mounts, its cache, and where the bytes it served came from.",
        footer = {"", "Exit code 3 says that no agent is running. Example: tidepool status"})
final class StatusCommand extends ClientCommand {
    @Option(names = "--json", description = "One JSON object, see docs/CLI.md.")
    boolean json;

    StatusCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run(TidepoolClient client) throws ClientException {
        AgentStatus status = client.status();
        if (json) {
            printJson(status);
        } else {
            print(summary(status));
            print("");
            print(mounts(status));
        }
        return OK;
    }

    private static Table summary(AgentStatus status) {
        CacheStatus cache = status.getCache();
        MemoryStatus memory = status.getMemory();
        TrafficStatus traffic = status.getTraffic();
        Table table = new Table("", "")
                .row(
                        "agent",
                        "version " + status.getVersion() + ", pid " + status.getPid() + ", since "
                                + Describe.time(status.getStarted()))
                .row("mounted on", status.getMountPoint().isEmpty() ? "nothing" : status.getMountPoint())
                .row(
                        "cache",
                        Units.bytes(cache.getBytes()) + " of " + Units.bytes(cache.getLimitBytes()) + " ("
                                + Units.percent(cache.getBytes(), cache.getLimitBytes()) + ") in "
                                + cache.getDirectory())
                .row(
                        "",
                        Describe.count(cache.getVersions(), "file") + ": " + cache.getCompleteVersions() + " complete, "
                                + cache.getPinnedVersions() + " pinned")
                .row(
                        "landing",
                        Units.bytes(memory.getLandingBytes()) + " of " + Units.bytes(memory.getLandingLimitBytes())
                                + " of memory")
                .row(
                        "read",
                        Units.bytes(Describe.total(traffic.getReadBytesList())) + ": "
                                + Describe.shares(traffic.getReadBytesList()))
                .row("origin", Units.bytes(traffic.getOriginBytes()) + " fetched")
                .row("loads", traffic.getLoads() + " reported, see tidepool report")
                .row(
                        "now",
                        Describe.count(traffic.getActiveReads(), "gRPC read") + ", "
                                + Describe.count(traffic.getActiveLeases(), "lease"));
        if (traffic.getCorruptChunks() > 0) {
            table.row("corrupt", Describe.count(traffic.getCorruptChunks(), "chunk") + " found and dropped");
        }
        for (OriginStatus origin : status.getOriginsList()) {
            if (!origin.getTrouble().isEmpty()) {
                table.row("ORIGIN FAILS", origin.getName() + ", only what is cached is served: " + origin.getTrouble());
            }
        }
        return withTrouble(table, cache);
    }

    private static Table withTrouble(Table table, CacheStatus cache) {
        if (cache.getRoomBytes() < cache.getLimitBytes()) {
            table.row("SMALL DISK", "it has room for " + Units.bytes(cache.getRoomBytes()) + " of the cache");
        }
        if (!cache.getReadBypass().isEmpty()) {
            return table.row("DISK FAILS", "the cache is not used: " + cache.getReadBypass());
        }
        return cache.getStoreBypass().isEmpty()
                ? table
                : table.row("DISK FAILS", "nothing is stored: " + cache.getStoreBypass());
    }

    private static Table mounts(AgentStatus status) {
        Table table = new Table("MOUNT", "ORIGIN", "PREFIX", "POLICY", "IMMUTABLE");
        for (MountStatus mount : status.getMountsList()) {
            table.row(
                    "/" + mount.getName(),
                    mount.getOrigin(),
                    mount.getPrefix().isEmpty() ? "(all)" : mount.getPrefix(),
                    mount.getPolicy(),
                    mount.getImmutable() ? "yes" : "no");
        }
        return table;
    }
}
