package io.tidepool.bench.peer;

import io.tidepool.agent.cli.CommandFailure;
import io.tidepool.agent.cli.Tidepool;
import io.tidepool.bench.lab.Cpu;
import io.tidepool.bench.lab.JavaProcess;
import io.tidepool.bench.lab.Network;
import io.tidepool.bench.lab.Place;
import io.tidepool.bench.lab.WarmMemory;
import io.tidepool.bench.lab.Workspace;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Transfers an object's cache file from one host to another: by us into the other's cache, and by nginx and curl, which
 * check nothing, into a file and into nothing.
 */
final class PeerBench {
    static final String OURS = "tidepool → cache file, checked";
    static final String NGINX_FILE = "nginx → curl → file";
    static final String NGINX_NULL = "nginx → curl → /dev/null";

    private static final int WARM_UPS = 3;
    private static final int SECONDS_TO_START = 120;

    private final Workspace workspace;
    private final long size;
    private final int repeats;
    private final Place server;
    private final Place client;

    /** @param bitsPerSecond of the link between the two; 0 for the loopback interface */
    PeerBench(Workspace workspace, long size, int repeats, long bitsPerSecond) {
        this.workspace = workspace;
        this.size = size;
        this.repeats = repeats;
        if (bitsPerSecond == 0) {
            server = Place.HERE;
            client = Place.HERE;
        } else {
            Network network = Network.start(workspace, 2);
            network.limitAll(bitsPerSecond);
            server = network.hosts().get(0);
            client = network.hosts().get(1);
        }
    }

    List<PeerRun> run() throws IOException, InterruptedException {
        String[] serving;
        List<PeerRun> runs = new ArrayList<>();
        JavaProcess from = workspace.own(java(
                "server",
                server,
                "bench",
                "peer-serve",
                "--dir=" + workspace.directory().resolve("server"),
                "--size=" + size,
                "--address=" + server.address()));
        serving = await(from, "serving ").split(" ", 3);
        JavaProcess to = workspace.own(java(
                "client",
                client,
                "bench",
                "peer-fetch",
                "--dir=" + workspace.directory().resolve("client"),
                "--size=" + size,
                "--host=" + server.address(),
                "--port=" + serving[1],
                "--server-pid=" + from.pid(),
                "--warm-up=" + WARM_UPS,
                "--repeat=" + repeats));
        if (to.await() != 0) {
            throw to.failure("failed");
        }
        to.log().lines().filter(line -> line.startsWith("run ")).forEach(line -> runs.add(PeerRun.parse(OURS, line)));
        runs.addAll(nginx(Path.of(serving[2].strip())));
        return runs;
    }

    private JavaProcess java(String name, Place place, String... arguments) {
        return JavaProcess.start(
                name, workspace.directory(), Map.of(), place, List.of(), Tidepool.class.getName(), arguments);
    }

    private static String await(JavaProcess process, String start) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_TO_START);
        while (true) {
            Optional<String> line =
                    process.log().lines().filter(each -> each.startsWith(start)).findFirst();
            if (line.isPresent()) {
                return line.get();
            }
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw process.failure("did not start");
            }
            Thread.sleep(50);
        }
    }

    private List<PeerRun> nginx(Path file) throws IOException, InterruptedException {
        int port = freePort();
        Path here = workspace.directory();
        Path config = Files.writeString(
                here.resolve("nginx.conf"), """
                    daemon off; master_process off; pid %1$s/nginx.pid; error_log %1$s/nginx.log;
                    events {}
                    http {
                        access_log off; sendfile on; tcp_nopush on;
                        server { listen %2$s:%3$d; root %4$s; }
                    }
                    """.formatted(here, server.address(), port, file.getParent()));
        Process nginx = start(server, List.of("nginx", "-p", here.toString(), "-c", config.toString()));
        workspace.own(() -> nginx.destroyForcibly().onExit().join());
        String url = "http://" + server.address() + ":" + port + "/" + file.getFileName();
        List<PeerRun> runs = new ArrayList<>();
        for (Map.Entry<String, Path> way :
                List.of(Map.entry(NGINX_FILE, here.resolve("curl.out")), Map.entry(NGINX_NULL, Path.of("/dev/null")))) {
            for (int run = -1; run < repeats; run++) {
                PeerRun ran = curl(way.getKey(), nginx.pid(), url, way.getValue());
                if (run >= 0) {
                    runs.add(ran);
                }
                if (way.getKey().equals(NGINX_FILE)) {
                    Files.delete(way.getValue());
                }
            }
        }
        return runs;
    }

    private PeerRun curl(String way, long nginx, String url, Path out) throws IOException, InterruptedException {
        WarmMemory.touch(size);
        double serverCpu = Cpu.ofProcess(nginx);
        double clientCpu = Cpu.ofEndedChildren();
        long start = System.nanoTime();
        Process curl = start(
                client,
                List.of(
                        "curl",
                        "--silent",
                        "--show-error",
                        "--fail",
                        "--retry-connrefused",
                        "--retry",
                        "5",
                        "-o",
                        out.toString(),
                        url));
        if (curl.waitFor() != 0) {
            throw new CommandFailure("curl could not read from nginx: "
                    + new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return new PeerRun(way, seconds, size, Cpu.ofProcess(nginx) - serverCpu, Cpu.ofEndedChildren() - clientCpu);
    }

    private static Process start(Place place, List<String> command) {
        List<String> all = new ArrayList<>(place.enter());
        all.addAll(command);
        try {
            return new ProcessBuilder(all).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new CommandFailure("needs the program `" + command.getFirst() + "`: " + e.getMessage(), e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0)) {
            return any.getLocalPort();
        }
    }
}
