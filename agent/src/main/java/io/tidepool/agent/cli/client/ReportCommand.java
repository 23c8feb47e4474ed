package io.tidepool.agent.cli.client;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.agent.cli.Table;
import io.tidepool.agent.cli.Terminal;
import io.tidepool.agent.cli.Units;
import io.tidepool.proto.v1.LoadReport;
import io.tidepool.proto.v1.LoadReportsRequest;
import io.tidepool.proto.v1.Tier;
import io.tidepool.proto.v1.TierBytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code tidepool report}. */
@Command(
        name = "report",
        header = "Tells how the last model loads went: time, and where the bytes came from.",
        description = {
            "READ is what readers got, OF the size of the files; RATE is READ by TIME.",
            "MEMORY, DISK, PEER and ORIGIN are shares of what was read; ORIGIN and PEER mean that the reader waited"
                    + " for it.",
            "AMPLIFICATION is bytes from the origin by bytes of the model: 1.00 cold, 0.00 warm, more is waste.",
            "WAITED adds up over all readers.",
            "With --cell, CELL is bytes from the origin of all loads of the model that the hosts of the cell remember, by"
                    + " bytes of the model, and HOSTS how many hosts loaded it."
        },
        footer = {"", "Examples:", "  tidepool report -n 1", "  tidepool report --json | jq .amplification"})
final class ReportCommand extends ClientCommand {
    @Option(
            names = "-n",
            paramLabel = "COUNT",
            defaultValue = "10",
            description = "At most so many, 1 or more. Default: 10")
    int count = 10;

    @Option(names = "--cell", description = "Ask the other hosts of the cell, too.")
    boolean cell;

    @Option(names = "--json", description = "One JSON object a line, see docs/CLI.md.")
    boolean json;

    ReportCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run(TidepoolClient client) throws ClientException {
        if (count < 1) {
            throw new ParameterException(spec.commandLine(), "-n must be 1 or more, not " + count);
        }
        List<LoadReport> reports = client.loadReports(
                LoadReportsRequest.newBuilder().setLimit(count).setCell(cell).build());
        if (json) {
            reports.forEach(this::printJson);
        } else if (reports.isEmpty()) {
            print("no model has been loaded since the agent started");
        } else {
            print(table(reports));
        }
        long silent = reports.stream()
                .mapToLong(report -> report.getCell().getSilentHosts())
                .max()
                .orElse(0);
        if (silent > 0) {
            complain(Describe.count(silent, "host") + " did not answer and can't be counted");
        }
        return silent > 0 ? FAILED : OK;
    }

    private Table table(List<LoadReport> reports) {
        List<String> columns = new ArrayList<>(List.of(
                "STARTED",
                "MODEL",
                ">FILES",
                ">READ",
                ">OF",
                ">TIME",
                ">RATE",
                ">MEMORY",
                ">DISK",
                ">PEER",
                ">ORIGIN",
                ">AMPLIFICATION",
                ">WAITED"));
        if (cell) {
            columns.addAll(List.of(">CELL", ">HOSTS"));
        }
        Table table = new Table(columns.toArray(String[]::new));
        for (LoadReport report : reports) {
            List<String> row = new ArrayList<>(row(report));
            if (cell) {
                row.add(amplification(report.getCell().getAmplification()));
                row.add(Integer.toString(report.getCell().getHosts()));
            }
            table.row(row.toArray(String[]::new));
        }
        return table;
    }

    private static List<String> row(LoadReport report) {
        Duration time = Describe.duration(report.getDuration());
        return List.of(
                Describe.time(report.getStarted()),
                report.getModel(),
                Integer.toString(report.getFiles()),
                Units.bytes(Describe.total(report.getReadBytesList())),
                Units.bytes(report.getSizeBytes()),
                Units.duration(time) + (report.getActive() ? " so far" : ""),
                Units.rate(Describe.total(report.getReadBytesList()), time),
                share(report, Tier.TIER_MEMORY),
                share(report, Tier.TIER_DISK),
                share(report, Tier.TIER_PEER),
                share(report, Tier.TIER_ORIGIN),
                amplification(report.getAmplification()),
                Units.duration(Describe.duration(report.getStallTime())));
    }

    private static String amplification(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String share(LoadReport report, Tier tier) {
        long bytes = report.getReadBytesList().stream()
                .filter(found -> found.getTier() == tier)
                .mapToLong(TierBytes::getBytes)
                .sum();
        return Units.percent(bytes, Describe.total(report.getReadBytesList()));
    }
}
