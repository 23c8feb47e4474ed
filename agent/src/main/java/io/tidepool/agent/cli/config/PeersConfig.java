package io.tidepool.agent.cli.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sharing with the other hosts of the cell. */
public record PeersConfig(
        @Setting(value = "Whether to share.", fallback = "false")
        boolean enabled,

        @Setting(value = "What this host is called; absent: its host name.", optional = true) @Nullable
        String name,

        @Setting(
                value = "Where it stands, such as a rack or a switch: hosts of one zone fetch from each other first.",
                fallback = "")
        String zone,

        @Setting(
                value = "Which cell it belongs to. Hosts share within their cell only, at most 512; each cell fetches a"
                        + " model from the origin once.",
                fallback = "default")
        String cell,

        @Setting(
                value = "The IP address that others reach it by, and that it listens on; absent: the first of its own"
                        + " that is private, or else not loopback.",
                optional = true)
        @Nullable
        String address,

        @Setting(value = "TCP port that chunks are served on.", fallback = "7480")
        int dataPort,

        @Setting(value = "TCP port for who fetches what from whom.", fallback = "7481")
        int controlPort,

        @Setting(value = "TCP port for who is alive.", fallback = "7482")
        int membershipPort,

        @Setting("The hosts of the cell, or some of them that are always there: a new one asks these, with their"
                + " `membershipPort`. It may name this host too.")
        List<HostPort> hosts,

        @Setting(
                value =
                        "Instead of `hosts`: a name that stands for the addresses of all hosts, such as that of a headless"
                                + " Service of Kubernetes. All have the same `membershipPort` then.",
                fallback = "")
        String dns,

        @Setting(value = "Chunks that it sends at a time; who asks for more is sent elsewhere.", fallback = "32")
        int uploadSlots,

        @Setting(value = "Chunks that it fetches from others at a time, at most.", fallback = "16")
        int fetches,

        @Setting(value = "Bytes that it sends in a second, at most. 0: any number.", fallback = "0")
        DataSize uploadLimit,

        @Setting(value = "Encryption, and proof of who is a host of the cell.", optional = true) @Nullable
        TlsConfig tls,

        @Setting(
                value =
                        "Share without `tls`: **whoever reaches the ports may read every object and join**. For networks"
                                + " that are trusted.",
                fallback = "false")
        boolean plaintext) {}
