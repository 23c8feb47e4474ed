package io.tidepool.bench.lab;

import io.tidepool.agent.cli.CommandFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Hosts on a switch: each a network namespace, with one link to a bridge that is in a namespace of its own. This machine as
 * it is has a link to it too; what runs there, such as the bucket, is {@link #outside}.
 *
 * <pre>
 *   host 1  eth0 ─── p1 ┐
 *   host 2  eth0 ─── p2 ┼ bridge ┬ p0 ─── tp…  outside
 *   …                   ┘
 * </pre>
 *
 * <p>A link's bandwidth is that of each direction; it is shaped where packets enter it (tc tbf on both its ends), with 50 ms
 * of queue and then loss, as a switch does. Names hold our process id. Addresses are of 198.18.0.0/15, which is set apart for
 * benchmarks (RFC 2544). Used by one thread.
 */
public final class Network implements AutoCloseable {
    /** Addresses are NET.1, NET.2, …; outside is NET.254. */
    private static final int MOST_HOSTS = 250;

    private static final int OUTSIDE = 254;
    /** As in clouds. */
    private static final int MTU = 8500;

    private static final double QUEUE_SECONDS = 0.05;
    /** The kernel hands packets of up to 64 KiB to a link; a smaller bucket would cut them up. */
    private static final long LEAST_BURST_BYTES = 128 << 10;

    private static final double BURST_SECONDS = 0.004;
    /**
     * Linux's own default, whatever this machine's is: BBR sends on through loss, and with sixteen flows in one short queue the
     * kernel took some of them for dead.
     */
    private static final String CONGESTION_CONTROL = "cubic";
    /** Of nobody: packets that are sent there go astray. */
    private static final String NOBODY = "02:00:00:00:00:01";

    private static final AtomicInteger STARTED = new AtomicInteger();

    private final String name = "tidepool-" + Leftovers.owner() + "-" + STARTED.incrementAndGet();
    private final String outsideLink = "tp" + Leftovers.owner() + "." + STARTED.get();
    private final String switchSpace = name + "-switch";
    private final String net = freeNet();
    private final List<Place> hosts = new ArrayList<>();
    private final Place outside = new Place("outside", net + OUTSIDE, List.of());

    private Network(int count) {
        for (int i = 1; i <= count; i++) {
            hosts.add(new Place("h" + i, net + i, List.of("nsenter", "--net=/run/netns/" + name + "-h" + i)));
        }
    }

    /**
     * Makes a network that {@code workspace} takes down.
     *
     * @throws CommandFailure if this user may not, or the machine can't
     */
    public static Network start(Workspace workspace, int hosts) {
        require();
        if (hosts < 1 || hosts > MOST_HOSTS) {
            throw new CommandFailure("a network has from 1 to " + MOST_HOSTS + " hosts");
        }
        Network network = workspace.own(new Network(hosts));
        network.build();
        return network;
    }

    /** @throws CommandFailure that says what is missing, if this process can't make network namespaces */
    public static void require() {
        if (!Files.isWritable(Path.of("/proc/sys/net/ipv4/ip_forward"))) {
            throw new CommandFailure("network namespaces need root: run this as root, in a container with"
                    + " --cap-add NET_ADMIN --cap-add SYS_ADMIN");
        }
        for (String program : List.of("ip", "tc", "nsenter")) {
            if (!isInstalled(program)) {
                throw new CommandFailure(
                        "needs the program `" + program + "`: install the packages iproute2 and" + " util-linux");
            }
        }
    }

    private static boolean isInstalled(String program) {
        return List.of("/usr/sbin", "/sbin", "/usr/bin", "/bin").stream()
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    private static String freeNet() {
        String taken = Commands.run(List.of("ip", "-oneline", "-4", "address"), "");
        int first = (int) (ProcessHandle.current().pid() % 256);
        for (int i = 0; i < 256; i++) {
            String net = "198.18." + (first + i) % 256 + ".";
            if (!taken.contains(" " + net)) {
                return net;
            }
        }
        throw new CommandFailure("all of 198.18.0.0/16 is taken");
    }

    private void build() {
        StringBuilder spaces = new StringBuilder("netns add " + switchSpace + "\n");
        StringBuilder links =
                new StringBuilder("link add name bridge0 mtu %d type bridge\nlink set bridge0 up\n".formatted(MTU));
        links.append(link(0, outsideLink, Leftovers.owner()));
        for (int i = 1; i <= hosts.size(); i++) {
            spaces.append("netns add ").append(space(i)).append('\n');
            links.append(link(i, "eth0", space(i)));
        }
        ip(List.of(), spaces);
        ip(List.of("-n", switchSpace), links);
        ip(List.of(), ends(outsideLink, outside));
        for (int i = 1; i <= hosts.size(); i++) {
            ip(List.of("-n", space(i)), "link set lo up\n" + ends("eth0", hosts.get(i - 1)));
        }
    }

    private String ends(String link, Place place) {
        return """
                address add %1$s/24 dev %2$s
                link set %2$s up
                route replace %3$s0/24 dev %2$s proto kernel scope link src %1$s congctl %4$s
                """.formatted(place.address(), link, net, CONGESTION_CONTROL);
    }

    private static String link(int port, String end, String space) {
        return """
                link add name p%d mtu %d type veth peer name %s mtu %d netns %s
                link set p%d master bridge0 up
                """.formatted(port, MTU, end, MTU, space, port);
    }

    private String space(int host) {
        return name + "-h" + host;
    }

    private static void ip(List<String> options, CharSequence lines) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(options);
        command.addAll(List.of("-batch", "-"));
        Commands.run(command, lines.toString());
    }

    public List<Place> hosts() {
        return List.copyOf(hosts);
    }

    /** This machine as it is, as the hosts see it. */
    public Place outside() {
        return outside;
    }

    /** Limits a host's link, in both directions; 0: not. Hosts are counted from 0. */
    public void limit(int host, long bitsPerSecond) {
        tc(space(host + 1), "eth0", bitsPerSecond);
        tc(switchSpace, "p" + (host + 1), bitsPerSecond);
    }

    public void limitAll(long bitsPerSecond) {
        for (int i = 0; i < hosts.size(); i++) {
            limit(i, bitsPerSecond);
        }
    }

    /** Limits the link to {@link #outside}; 0: not. */
    public void limitOutside(long bitsPerSecond) {
        tc("", outsideLink, bitsPerSecond);
        tc(switchSpace, "p0", bitsPerSecond);
    }

    private static void tc(String space, String link, long bitsPerSecond) {
        List<String> command = new ArrayList<>(List.of("tc"));
        command.addAll(space.isEmpty() ? List.of() : List.of("-n", space));
        if (bitsPerSecond == 0) {
            command.addAll(List.of("qdisc", "replace", "dev", link, "root", "pfifo"));
        } else {
            long burst = Math.max(LEAST_BURST_BYTES, (long) (bitsPerSecond / 8.0 * BURST_SECONDS));
            long queue = burst + (long) (bitsPerSecond / 8.0 * QUEUE_SECONDS);
            command.addAll(List.of("qdisc", "replace", "dev", link, "root", "tbf", "rate", bitsPerSecond + "bit"));
            command.addAll(List.of("burst", burst + "b", "limit", queue + "b"));
        }
        Commands.run(command, "");
    }

    /** Pulls a host's cable: it is alone. */
    public void unplug(int host) {
        ip(List.of("-n", switchSpace), "link set p" + (host + 1) + " down\n");
    }

    /** Puts it back; the kernel may take a second to notice. */
    public void plug(int host) {
        ip(List.of("-n", switchSpace), "link set p" + (host + 1) + " up\n");
    }

    /** No packet gets from one of the hosts {@code here} to one of those {@code there} or back; all still reach outside. */
    public void part(Collection<Integer> here, Collection<Integer> there) {
        here.forEach(host -> neighbours(host, there, "replace %s lladdr " + NOBODY + " nud permanent dev eth0"));
        there.forEach(host -> neighbours(host, here, "replace %s lladdr " + NOBODY + " nud permanent dev eth0"));
    }

    /** Undoes {@link #part}. */
    public void join(Collection<Integer> here, Collection<Integer> there) {
        here.forEach(host -> neighbours(host, there, "del %s dev eth0"));
        there.forEach(host -> neighbours(host, here, "del %s dev eth0"));
    }

    private void neighbours(int host, Collection<Integer> others, String what) {
        StringBuilder lines = new StringBuilder();
        others.forEach(other -> lines.append("neigh ")
                .append(what.formatted(hosts.get(other).address()))
                .append('\n'));
        ip(List.of("-n", space(host + 1)), lines);
    }

    /** Whether a host can connect to a port of another one, within a second. */
    public boolean reaches(int host, int other, int port) {
        List<String> command = new ArrayList<>(hosts.get(host).enter());
        String address = hosts.get(other).address();
        command.addAll(List.of("timeout", "1", "bash", "-c", "exec 3<>/dev/tcp/" + address + "/" + port));
        try {
            Commands.run(command, "");
            return true;
        } catch (CommandFailure e) {
            return false;
        }
    }

    /** Namespaces take their links with them, a moment later. */
    @Override
    public void close() {
        // Behind a name comes "(id: 3)" where somebody gave it one.
        String spaces = Commands.run(List.of("ip", "netns", "list"), "")
                .lines()
                .filter(line -> line.startsWith(name + "-"))
                .map(line -> "netns del " + line.replaceFirst(" .*", "") + "\n")
                .collect(Collectors.joining());
        ip(List.of("-force"), "link del " + outsideLink + "\n" + spaces);
    }
}
