package io.tidepool.agent.cli.config;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the section {@code peers} must obey, if peers are enabled. */
final class PeersRules {
    /** More are another cell: everyone knows everyone of a cell, and beats for it. */
    private static final int MAX_HOSTS = 512;
    /** A name travels in the member's address, whose values have a byte for their length. */
    private static final int MAX_NAME_BYTES = 200;

    private static final int MAX_PORT = 65_535;
    /** Less would not even carry one chunk in the time that its receiver waits for a block. */
    private static final long LEAST_UPLOAD = 1 << 20;

    private final YamlFile file;
    private final AgentConfig config;
    private final PeersConfig peers;

    PeersRules(YamlFile file, AgentConfig config) {
        this.file = file;
        this.config = config;
        this.peers = config.peers();
    }

    void check() throws ConfigException {
        if (!peers.enabled()) {
            return;
        }
        name("name", peers.name());
        name("zone", peers.zone());
        name("cell", peers.cell());
        require(!peers.cell().isBlank(), "cell", "is empty");
        require(peers.name() == null || !peers.name().isBlank(), "name", "is empty");
        address();
        ports();
        others();
        require(peers.uploadSlots() >= 1, "uploadSlots", "must be at least 1");
        require(peers.fetches() >= 1, "fetches", "must be at least 1");
        long upload = peers.uploadLimit().bytes();
        require(upload == 0 || upload >= LEAST_UPLOAD, "uploadLimit", "must be 0, for no limit, or at least 1MiB");
        security();
    }

    private void name(String key, @Nullable String name) throws ConfigException {
        boolean good = name == null
                || (name.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME_BYTES
                        && name.chars().noneMatch(c -> c == '/' || Character.isISOControl(c)));
        require(good, key, "can't have a '/', a control character or over " + MAX_NAME_BYTES + " bytes");
    }

    private void address() throws ConfigException {
        String address = peers.address();
        if (address == null) {
            return;
        }
        try {
            InetAddress parsed = InetAddress.ofLiteral(address);
            require(
                    !parsed.isAnyLocalAddress(),
                    "address",
                    "is " + address + ", which nobody can reach: name one of this" + " host's addresses");
        } catch (IllegalArgumentException e) {
            throw wrong("address", "is '" + address + "', which is no IP address");
        }
    }

    private void ports() throws ConfigException {
        Map<String, Integer> own = new LinkedHashMap<>();
        own.put("peers.dataPort", peers.dataPort());
        own.put("peers.controlPort", peers.controlPort());
        own.put("peers.membershipPort", peers.membershipPort());
        Map<Integer, String> taken = new LinkedHashMap<>();
        taken.put(config.metrics().address().port(), "metrics.address");
        HostPort tcp = config.grpc().tcp();
        if (tcp != null) {
            taken.put(tcp.port(), "grpc.tcp");
        }
        for (Map.Entry<String, Integer> each : own.entrySet()) {
            int port = each.getValue();
            String key = each.getKey();
            require(port >= 0 && port <= MAX_PORT, key.substring("peers.".length()), "is no port: " + port);
            String other = port == 0 ? null : taken.put(port, key);
            if (other != null) {
                throw file.wrong(key, "'" + other + "' and '" + key + "' are both port " + port);
            }
        }
        require(peers.membershipPort() > 0, "membershipPort", "can't be 0: the others must know it");
    }

    private void others() throws ConfigException {
        require(
                !peers.hosts().isEmpty() || !peers.dns().isBlank(),
                "hosts",
                "is missing: list the hosts of the cell, or give 'peers.dns', the name that stands for them");
        require(peers.hosts().isEmpty() || peers.dns().isBlank(), "dns", "contradicts 'peers.hosts': give one of them");
        require(
                peers.hosts().size() <= MAX_HOSTS,
                "hosts",
                "has " + peers.hosts().size() + " hosts, and a cell at most " + MAX_HOSTS
                        + ": give some of them another 'peers.cell'");
        for (HostPort host : peers.hosts()) {
            require(host.port() > 0, "hosts", "has " + host + ": the port can't be 0");
        }
    }

    private void security() throws ConfigException {
        TlsConfig tls = peers.tls();
        require(
                tls != null || peers.plaintext(),
                "tls",
                "is missing: give certificate, key and ca, or 'peers.plaintext: true' if the network is trusted");
        require(tls == null || !peers.plaintext(), "plaintext", "contradicts 'peers.tls': leave one of them out");
        if (tls != null) {
            readable("tls.certificate", tls.certificate());
            readable("tls.key", tls.key());
            readable("tls.ca", tls.ca());
        }
    }

    private void readable(String key, Path path) throws ConfigException {
        require(Files.isRegularFile(path), key, "is " + path + ", which is no file");
        require(Files.isReadable(path), key, "is " + path + ", which may not be read");
    }

    private void require(boolean good, String key, String message) throws ConfigException {
        if (!good) {
            throw wrong(key, message);
        }
    }

    private ConfigException wrong(String key, String message) {
        return file.wrong("peers." + key, "'peers." + key + "' " + message);
    }
}
