package io.tidepool.agent.cli.client;

import io.tidepool.agent.cli.Table;
import io.tidepool.agent.cli.Terminal;
import io.tidepool.agent.cli.Units;
import io.tidepool.proto.v1.HostWarm;
import io.tidepool.proto.v1.HostWarmState;
import io.tidepool.proto.v1.WarmProgress;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * How far several hosts are with a warm-up, on standard error: for people a table that is drawn over itself, for logs a line
 * every few seconds, with the slowest host's name. Not thread-safe.
 */
final class FleetDisplay {
    /** What fits a screen; the slowest hosts are shown. */
    private static final int MAX_ROWS = 20;

    private final Terminal terminal;
    private long nextLineNanos = System.nanoTime() + ProgressDisplay.LINE_INTERVAL.toNanos();
    private int drawnLines;

    FleetDisplay(Terminal terminal) {
        this.terminal = terminal;
    }

    void show(WarmProgress progress) {
        if (terminal.errIsTty()) {
            draw(progress);
        } else if (System.nanoTime() - nextLineNanos >= 0) {
            nextLineNanos = System.nanoTime() + ProgressDisplay.LINE_INTERVAL.toNanos();
            String slowest = slowestFirst(progress).stream()
                    .findFirst()
                    .map(host -> ", slowest " + Table.escape(host.getHost()) + " "
                            + Units.percent(host.getDoneBytes(), host.getTotalBytes()))
                    .orElse("");
            terminal.err().println(line(progress) + slowest);
        }
    }

    static String line(WarmProgress progress) {
        return "warm: " + progress.getDoneHosts() + " of " + Describe.count(progress.getWantedHosts(), "host")
                + " done, "
                + Units.percent(progress.getDoneBytes(), progress.getTotalBytes()) + ", "
                + Units.bytes(progress.getDoneBytes()) + " of " + Units.bytes(progress.getTotalBytes()) + ", "
                + Units.rate(progress.getBytesPerSecond())
                + (progress.hasEta() ? ", " + Units.duration(Describe.duration(progress.getEta())) + " left" : "")
                + ", amplification " + amplification(progress);
    }

    static String amplification(WarmProgress progress) {
        return String.format(Locale.ROOT, "%.2f", progress.getAmplification());
    }

    private void draw(WarmProgress progress) {
        List<HostWarm> hosts = slowestFirst(progress);
        Table table = new Table("HOST", ">DONE", ">OF", ">RATE", ">LEFT");
        hosts.stream()
                .limit(MAX_ROWS)
                .forEach(host -> table.row(
                        host.getHost(),
                        Units.percent(host.getDoneBytes(), host.getTotalBytes()),
                        Units.bytes(host.getTotalBytes()),
                        Units.rate(host.getBytesPerSecond()),
                        host.hasEta() ? Units.duration(Describe.duration(host.getEta())) : "-"));
        int more = hosts.size() - MAX_ROWS;
        String text =
                line(progress) + "\n" + (hosts.isEmpty() ? "" : table) + (more > 0 ? "and " + more + " more\n" : "");
        // Up to where the last one began, and clear from there.
        String over = drawnLines == 0 ? "" : "\u001b[" + drawnLines + "A\u001b[J";
        terminal.err().print(over + text);
        terminal.err().flush();
        drawnLines = (int) text.chars().filter(c -> c == '\n').count();
    }

    /** Of those that are at it. */
    private static List<HostWarm> slowestFirst(WarmProgress progress) {
        return progress.getHostsList().stream()
                .filter(host -> host.getState() == HostWarmState.HOST_WARM_STATE_RUNNING)
                .sorted(Comparator.comparingLong(HostWarm::getDoneBytes))
                .toList();
    }
}
