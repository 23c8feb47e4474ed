package io.tidepool.bench.demo;

import java.io.PrintStream;
import java.util.function.LongConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Counts bytes, and shows a person how far a load is. Gone from the screen when closed. Not thread-safe. */
final class Progress implements LongConsumer, AutoCloseable {
    private static final int WIDTH = 79;
    private static final int INTERVAL_MILLIS = 100;

    private final @Nullable ProgressBar bar;
    private long bytes;

    private Progress(@Nullable ProgressBar bar) {
        this.bar = bar;
    }

    /** Shows nothing. */
    static Progress silent() {
        return new Progress(null);
    }

    static Progress on(PrintStream terminal, String task, long totalBytes) {
        return new Progress(new ProgressBarBuilder()
                .setTaskName("  " + task)
                .setInitialMax(totalBytes)
                .setUnit(" MiB", 1 << 20)
                .showSpeed()
                .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .setUpdateIntervalMillis(INTERVAL_MILLIS)
                .setConsumer(new Line(terminal))
                .clearDisplayOnFinish()
                .build());
    }

    /** The line that the cursor is in, and nothing else: the library's own consumer leaves an empty line behind. */
    private record Line(PrintStream terminal) implements ProgressBarConsumer {
        @Override
        public int getMaxRenderedLength() {
            return WIDTH;
        }

        @Override
        public void accept(String bar) {
            terminal.print("\r" + bar);
        }

        @Override
        public void clear() {
            terminal.print("\r\033[K");
        }

        @Override
        public void close() {
            clear();
        }
    }

    @Override
    public void accept(long more) {
        bytes += more;
        if (bar != null) {
            bar.stepTo(bytes);
        }
    }

    long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
