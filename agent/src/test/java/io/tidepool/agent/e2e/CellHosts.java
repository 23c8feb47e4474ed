package io.tidepool.agent.e2e;

import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Loopback addresses for the hosts of one cell, which no other test uses at the same time. */
final class CellHosts {
    private static final int MEMBERSHIP_PORT = 7482;

    private final String network;
    private final int hosts;

    /** @param hosts how many there are at most */
    CellHosts(int hosts) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        this.network = "127." + random.nextInt(1, 250) + "." + random.nextInt(1, 250) + ".";
        this.hosts = hosts;
    }

    String address(int number) {
        return network + number;
    }

    /** All of them, as the configuration lists them. */
    String members() {
        return IntStream.rangeClosed(1, hosts)
                .mapToObj(number -> "\"" + address(number) + ":" + MEMBERSHIP_PORT + "\"")
                .collect(Collectors.joining(", ", "[", "]"));
    }
}
