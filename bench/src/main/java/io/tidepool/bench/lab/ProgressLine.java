package io.tidepool.bench.lab;

import io.tidepool.agent.cli.Terminal;
import java.io.PrintStream;
import java.util.function.Consumer;

/** One line on the terminal that is written over and over. */
public final class ProgressLine {
    private ProgressLine() {}

    /** Shows what is being done, to a person; empty: nothing. */
    public static Consumer<String> ofSystem() {
        Terminal terminal = Terminal.system();
        PrintStream err = terminal.err();
        return terminal.errIsTty() ? what -> err.print("\r\033[K" + what + (what.isEmpty() ? "" : " …")) : what -> {};
    }
}
