package io.tidepool.agent.cli;

import io.tidepool.agent.catalog.Mounted;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.cli.config.AgentConfig;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.origin.ListPage;
import java.io.PrintWriter;

/** Asks each configured origin what the agent will ask: a listing, then an object's head, with the agent's own keys. */
final class OnlineCheck {
    private final AgentConfig config;
    private final PrintWriter out;

    OnlineCheck(AgentConfig config, PrintWriter out) {
        this.config = config;
        this.out = out;
    }

    /** Prints a line for each top-level directory; whether all can be served. */
    boolean run() throws InterruptedException {
        boolean good = true;
        try (Origins origins = Origins.open(config, new Metrics())) {
            for (Mounted mounted : origins.mounted(config)) {
                good &= check(mounted);
            }
        } catch (IllegalArgumentException e) {
            out.println(e.getMessage());
            return false;
        }
        return good;
    }

    private boolean check(Mounted mounted) throws InterruptedException {
        String what = "directory '" + mounted.name() + "' (origin '"
                + mounted.origin().name() + "', prefix '" + mounted.prefix() + "'): ";
        try {
            ListPage page = mounted.origin().list(mounted.prefix(), false, null, 1);
            if (page.objects().isEmpty()) {
                out.println(what + "reachable, but there is no object");
                return true;
            }
            ObjectInfo first = page.objects().getFirst();
            mounted.origin().head(first.version().key());
            out.println(what + "ok, may list and read");
            return true;
        } catch (ChunkException e) {
            out.println(what + "FAILED: " + e.getMessage());
            return false;
        }
    }
}
