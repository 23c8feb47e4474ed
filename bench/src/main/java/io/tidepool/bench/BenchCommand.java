package io.tidepool.bench;

import io.tidepool.bench.burst.BurstCommand;
import io.tidepool.bench.burst.CompareCommand;
import io.tidepool.bench.host.HostCommand;
import io.tidepool.bench.index.IndexCommand;
import io.tidepool.bench.peer.FetchCommand;
import io.tidepool.bench.peer.PeerCommand;
import io.tidepool.bench.peer.ServeCommand;
import io.tidepool.bench.simulate.SimulateCommand;
import picocli.CommandLine.Command;

/** {@code tidepool bench …}: measurements, each of alternatives side by side. */
@Command(
        name = "bench",
        header = "Measures alternatives side by side, on this machine.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            HostCommand.class,
            BurstCommand.class,
            CompareCommand.class,
            SimulateCommand.class,
            IndexCommand.class,
            PeerCommand.class,
            ServeCommand.class,
            FetchCommand.class
        })
final class BenchCommand {}
