package io.tidepool.agent.cli.client;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.agent.cli.Table;
import io.tidepool.agent.cli.Terminal;
import io.tidepool.agent.cli.Units;
import io.tidepool.proto.v1.CellHost;
import io.tidepool.proto.v1.HostTraffic;
import io.tidepool.proto.v1.PeersResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tidepool peers}. */
@Command(
        name = "peers",
        header = "Lists the hosts that the agent shares with.",
        description = {
            "These are the hosts of its cell that are alive, as this agent sees it; the others see the same within"
                    + " seconds. A * marks the agent itself.",
            "ORIGIN, RECEIVED and SENT are bytes since that host's agent started: from the origin, from other hosts, to"
                    + " other hosts. CACHED is in its cache now."
        },
        footer = {"", "Example: tidepool peers --json | jq -r '.hosts[] | select(.zone == \"a\").name'"})
final class PeersCommand extends ClientCommand {
    @Option(names = "--json", description = "One JSON object, see docs/CLI.md.")
    boolean json;

    PeersCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run(TidepoolClient client) throws ClientException {
        PeersResponse peers = client.peers();
        if (json) {
            printJson(peers);
            return OK;
        }
        print("cell " + Table.escape(peers.getCell()) + ", " + Describe.count(peers.getHostsCount(), "host"));
        Table table = new Table(
                "", "HOST", "ZONE", "ADDRESS", "SINCE", ">CACHED", ">ORIGIN", ">RECEIVED", ">SENT", ">UPLOADS");
        for (CellHost host : peers.getHostsList()) {
            HostTraffic traffic = host.getTraffic();
            boolean told = host.hasTraffic();
            table.row(
                    host.getSelf() ? "*" : "",
                    host.getName(),
                    host.getZone(),
                    host.getDataAddress(),
                    Describe.time(host.getSince()),
                    told ? Units.bytes(traffic.getCachedBytes()) : "-",
                    told ? Units.bytes(traffic.getOriginBytes()) : "-",
                    told ? Units.bytes(traffic.getReceivedBytes()) : "-",
                    told ? Units.bytes(traffic.getSentBytes()) : "-",
                    told ? Integer.toString(traffic.getUploads()) : "-");
        }
        print(table);
        for (CellHost host : peers.getHostsList()) {
            if (!host.hasTraffic()) {
                complain(host.getName() + " " + host.getTrouble());
            }
        }
        return OK;
    }
}
