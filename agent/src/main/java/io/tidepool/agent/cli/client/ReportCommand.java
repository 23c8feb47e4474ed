package io.tidepool.agent.cli.client;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.agent.cli.Table;
import io.tidepool.agent.cli.Terminal;
import io.tidepool.agent.cli.Units;
import io.tidepool.proto.v1.LoadReport;
import io.tidepool.proto.v1.Tier;
import io.tidepool.proto.v1.TierBytes;
import java.time.Duration;
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
            "WAITED adds up over all readers."
        },
        footer = {"", "Examples:", "  tidepool report -n 1", "  tidepool report --json | jq .amplification"})
final class ReportCommand extends ClientCommand {
    @Option(
            names = "-n",
            paramLabel = "COUNT",
            defaultValue = "10",
            description = "At most so many, 1 or more. Default: 10")
    int count = 10;

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
        List<LoadReport> reports = client.loadReports(count);
        if (json) {
            reports.forEach(this::printJson);
        } else if (reports.isEmpty()) {
            print("no model has been loaded since the agent started");
        } else {
            print(table(reports));
        }
        return OK;
    }

    private static Table table(List<LoadReport> reports) {
        Table table = new Table(
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
                ">WAITED");
        for (LoadReport report : reports) {
            Duration time = Describe.duration(report.getDuration());
            table.row(
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
                    String.format(Locale.ROOT, "%.2f", report.getAmplification()),
                    Units.duration(Describe.duration(report.getStallTime())));
        }
        return table;
    }

    private static String share(LoadReport report, Tier tier) {
        long bytes = report.getReadBytesList().stream()
                .filter(found -> found.getTier() == tier)
                .mapToLong(TierBytes::getBytes)
                .sum();
        return Units.percent(bytes, Describe.total(report.getReadBytesList()));
    }
}
