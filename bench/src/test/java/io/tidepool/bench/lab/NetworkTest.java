package io.tidepool.bench.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.bench.Machines;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class NetworkTest {
    private static final int PORT = 7999;

    @TempDir
    Path directory;

    private interface Work {
        void on(Network network) throws Exception;
    }

    private void with(int hosts, Work work) throws Exception {
        Machines.requireNetwork();
        Workspace.with("tidepool-net-", directory, 1, workspace -> work.on(Network.start(workspace, hosts)));
        assertThat(Commands.run(List.of("ip", "netns", "list"), ""))
                .doesNotContain("tidepool-" + Leftovers.owner() + "-");
        assertThat(Commands.run(List.of("ip", "link"), "")).doesNotContain("tp" + Leftovers.owner() + ".");
    }

    /** A server that swallows what comes. */
    private static Process listen(Network network, int host) throws Exception {
        List<String> command = new ArrayList<>(network.hosts().get(host).enter());
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        command.addAll(List.of(java, "-m", "jdk.httpserver", "-b", "0.0.0.0", "-p", Integer.toString(PORT)));
        Process server = new ProcessBuilder(command).redirectErrorStream(true).start();
        server.inputReader().readLine(); // it says where it is once it listens
        return server;
    }

    @Test
    void hostsReachOneAnotherUnlessParted() throws Exception {
        with(3, network -> {
            Process server = listen(network, 0);
            try {
                assertThat(network.reaches(1, 0, PORT)).isTrue();
                network.part(List.of(0), List.of(1));
                assertThat(network.reaches(1, 0, PORT)).isFalse();
                assertThat(network.reaches(2, 0, PORT)).isTrue();
                network.join(List.of(0), List.of(1));
                assertThat(network.reaches(1, 0, PORT)).isTrue();
                network.unplug(2);
                assertThat(network.reaches(2, 0, PORT)).isFalse();
                network.plug(2);
                assertThat(reachesSoon(network)).isTrue();
            } finally {
                server.destroyForcibly().waitFor();
            }
        });
    }

    @Test
    void connectionsAreCubicsAtBothEndsWhateverTheMachinesAre() throws Exception {
        with(1, network -> {
            String outside = network.outside().address();
            try (ServerSocket server = new ServerSocket()) {
                server.bind(new InetSocketAddress(outside, 0));
                int port = server.getLocalPort();
                List<String> command = new ArrayList<>(network.hosts().get(0).enter());
                command.addAll(List.of("bash", "-c", "exec 3<>/dev/tcp/" + outside + "/" + port + "; read"));
                Process client = new ProcessBuilder(command).start();
                try (Socket _ = server.accept()) {
                    assertThat(Commands.run(List.of("ss", "-Htin", "sport", "=", ":" + port), ""))
                            .contains(" cubic ");
                    List<String> there = new ArrayList<>(network.hosts().get(0).enter());
                    there.addAll(List.of("ss", "-Htin", "dport", "=", ":" + port));
                    assertThat(Commands.run(there, "")).contains(" cubic ");
                } finally {
                    client.destroyForcibly().waitFor();
                }
            }
        });
    }

    private static boolean reachesSoon(Network network) {
        for (int i = 0; i < 10; i++) {
            if (network.reaches(2, 0, PORT)) {
                return true;
            }
        }
        return false;
    }

    /** 2 MB at 16 Mbit/s take a second, less what the link and the buckets take at once. */
    @Test
    void linksAreAsSlowAsTheyAreToldToBe() throws Exception {
        with(1, network -> {
            network.limitOutside(16_000_000);
            try (ServerSocket here = new ServerSocket()) {
                here.bind(new InetSocketAddress(network.outside().address(), PORT));
                CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> send(here, 2_000_000));
                List<String> read = new ArrayList<>(network.hosts().getFirst().enter());
                read.addAll(List.of(
                        "bash",
                        "-c",
                        "cat < /dev/tcp/%s/%d | wc -c"
                                .formatted(network.outside().address(), PORT)));
                long start = System.nanoTime();
                assertThat(Commands.run(read, "")).isEqualTo("2000000\n");
                assertThat((System.nanoTime() - start) / 1e9).isGreaterThan(0.8);
                sent.join();
            }
        });
    }

    private static void send(ServerSocket server, int bytes) {
        try (Socket socket = server.accept();
                OutputStream out = socket.getOutputStream()) {
            out.write(new byte[bytes]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
