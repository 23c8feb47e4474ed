package io.tidepool.agent.cli;

import io.tidepool.agent.catalog.Mounted;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.cli.config.AgentConfig;
import io.tidepool.agent.cli.config.PeersConfig;
import io.tidepool.agent.cli.config.TlsConfig;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.origin.ListPage;
import io.tidepool.agent.peer.PeerTls;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Asks each configured origin what the agent will ask: a listing, then an object's head, with the agent's own keys; and looks
 * at what the cell needs of this host.
 */
final class OnlineCheck {
    private final AgentConfig config;
    private final PrintWriter out;

    OnlineCheck(AgentConfig config, PrintWriter out) {
        this.config = config;
        this.out = out;
    }

    /** Prints a line for each top-level directory, and for the cell; whether all can be served. */
    boolean run() throws InterruptedException {
        boolean good = !config.peers().enabled() || peers(config.peers());
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

    /** Who else is alive only an agent finds out, for it takes the ports. */
    private boolean peers(PeersConfig peers) {
        String what = "cell '" + peers.cell() + "': ";
        try {
            String address = new PeerOptions(peers).address().getHostAddress();
            TlsConfig tls = peers.tls();
            if (tls != null) {
                PeerTls.load(tls.certificate(), tls.key(), tls.ca()).close();
            }
            int others = peers.dns().isEmpty() ? peers.hosts().size() : InetAddress.getAllByName(peers.dns()).length;
            out.println(what + "ok, this host is " + address + ", and looks for others at " + others + " addresses");
            return true;
        } catch (IOException e) {
            out.println(what + "FAILED: "
                    + (e instanceof UnknownHostException ? "no address is known of " + peers.dns() : e.getMessage()));
            return false;
        }
    }
}
