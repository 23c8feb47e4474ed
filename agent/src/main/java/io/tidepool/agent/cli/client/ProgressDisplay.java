package io.tidepool.agent.cli.client;

import io.tidepool.agent.cli.Terminal;
import io.tidepool.agent.cli.Units;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** How far a long command is, on standard error: a bar for people, a line every few seconds for logs. Not thread-safe. */
final class ProgressDisplay implements AutoCloseable {
    static final Duration LINE_INTERVAL = Duration.ofSeconds(3);
    private static final int BAR_COLUMNS = 100;
    private static final int BAR_MILLIS = 200;

    private final Terminal terminal;
    private final String task;
    private @Nullable ProgressBar bar;
    private long nextLineNanos = System.nanoTime() + LINE_INTERVAL.toNanos();

    ProgressDisplay(Terminal terminal, String task) {
        this.terminal = terminal;
        this.task = task;
    }

    /**
     * Shows the present state.
     *
     * @param note some words more
     */
    void show(long doneBytes, long totalBytes, double bytesPerSecond, @Nullable Duration eta, String note) {
        if (terminal.errIsTty()) {
            if (bar == null) {
                bar = bar(totalBytes);
            }
            bar.maxHint(totalBytes).stepTo(doneBytes).setExtraMessage(note);
        } else if (System.nanoTime() - nextLineNanos >= 0) {
            nextLineNanos = System.nanoTime() + LINE_INTERVAL.toNanos();
            terminal.err().println(line(doneBytes, totalBytes, bytesPerSecond, eta, note));
        }
    }

    private String line(long done, long total, double bytesPerSecond, @Nullable Duration eta, String note) {
        return task + ": " + Units.percent(done, total) + ", " + Units.bytes(done) + " of " + Units.bytes(total) + ", "
                + Units.rate(bytesPerSecond) + (eta == null ? "" : ", " + Units.duration(eta) + " left")
                + (note.isEmpty() ? "" : ", " + note);
    }

    private ProgressBar bar(long totalBytes) {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(totalBytes)
                .setStyle(ProgressBarStyle.ASCII)
                .setUnit(" MiB", 1 << 20)
                .showSpeed()
                .setUpdateIntervalMillis(BAR_MILLIS)
                .setConsumer(new ConsoleProgressBarConsumer(terminal.err(), BAR_COLUMNS))
                .build();
    }

    /** Leaves the last state on the screen. */
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
