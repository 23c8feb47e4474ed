package io.tidepool.bench.host;

import io.tidepool.agent.cli.Table;
import io.tidepool.agent.cli.Units;
import io.tidepool.bench.host.HostReport.Outcome;
import io.tidepool.bench.host.HostReport.Summary;
import io.tidepool.bench.lab.Machine;
import java.io.PrintWriter;
import java.util.Locale;

/** What {@code bench host} tells people. */
final class HostText {
    /** Above this, what others did shows in the figures. */
    private static final double NOISY = 0.10;

    private static final int NAME_WIDTH = 22;

    private final PrintWriter out;

    HostText(PrintWriter out) {
        this.out = out;
    }

    void opening(Machine machine, long sizeBytes, int repeats) {
        say("""
            Tidepool on one host, beside what one would do without it. The bucket is an emulator, not
            OSS; bucket, agent and clients share this machine: read the ratios, not the rates.

              machine   %d processors, %s of memory, load %.1f; cache on %s
              software  %s
              each      %s, %d times, alternatives in turns
            """.formatted(
                        machine.processors(),
                        Units.bytes(machine.memoryBytes()),
                        machine.loadBefore(),
                        machine.fileSystem(),
                        machine.version(),
                        Units.bytes(sizeBytes),
                        repeats));
    }

    void outcome(Outcome outcome) {
        Table table = new Table(
                "  " + " ".repeat(NAME_WIDTH),
                ">time",
                ">(min",
                "max)",
                ">delivered",
                ">client",
                ">agent",
                ">bucket",
                ">amplification",
                ">others");
        row(table, outcome.baseline());
        row(table, outcome.contender());
        say(outcome.title() + "\n" + table + "  → " + result(outcome) + goal(outcome) + "\n");
    }

    private static String result(Outcome outcome) {
        long much = outcome.contender().runs().getFirst().deliveredBytes();
        long little = outcome.baseline().runs().getFirst().deliveredBytes();
        if (isOneByte(outcome.contender())) {
            double millis = 1e3
                    * (outcome.contender().medianSeconds() - outcome.baseline().medianSeconds());
            return Math.abs(Math.round(millis))
                    + (millis < 0 ? " ms sooner than " : " ms later than ")
                    + outcome.baseline().name();
        }
        return much == little
                ? number(outcome.speedRatio()) + " × the speed of "
                        + outcome.baseline().name()
                : much / little + " × the bytes in " + number(1 / outcome.speedRatio()) + " × the time";
    }

    /** Then time is all that there is to tell. */
    private static boolean isOneByte(Summary summary) {
        return summary.runs().getFirst().deliveredBytes() == 1;
    }

    private static String goal(Outcome outcome) {
        return outcome.goal() == null ? "" : " (wanted: " + outcome.goal() + ")";
    }

    private static void row(Table table, Summary summary) {
        table.row(
                "  " + summary.name(),
                seconds(summary.medianSeconds()),
                "(" + number(summary.leastSeconds()),
                number(summary.mostSeconds()) + ")",
                isOneByte(summary) ? "–" : Units.rate(summary.medianBytesPerSecond()),
                isOneByte(summary) ? "–" : number(summary.clientCpuSecondsPerGb()),
                isOneByte(summary) ? "–" : number(summary.agentCpuSecondsPerGb()),
                isOneByte(summary) ? "–" : number(summary.emulatorCpuSecondsPerGb()),
                isOneByte(summary) ? "–" : number(summary.originAmplification()),
                Math.round(100 * summary.otherCpuShare()) + "%");
    }

    void closing(HostReport report) {
        say("""
            time           median (and least, most), from the start of the first client to the
                           end of the last
            delivered      what the clients got together, a second
            client, agent, bucket
                           CPU seconds per GB (10⁹ bytes) delivered, the kernel's work included
            amplification  what the bucket sent ÷ the object's size, in the worst run
            others         what everybody else had of the processors meanwhile\
            """);
        double noise = report.comparisons().stream()
                .mapToDouble(outcome -> Math.max(
                        outcome.baseline().otherCpuShare(), outcome.contender().otherCpuShare()))
                .max()
                .orElse(0);
        if (noise > NOISY) {
            say("\nOthers kept this machine busy (" + Math.round(100 * noise)
                    + "% of its processors): take these figures again when it is quiet.");
        }
    }

    void wrote(String what, Object file) {
        say(what + ": " + file);
    }

    private static String seconds(double seconds) {
        return number(seconds) + " s";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private void say(String text) {
        out.println(text);
        out.flush();
    }
}
