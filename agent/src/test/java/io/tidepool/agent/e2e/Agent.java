package io.tidepool.agent.e2e;

import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.agent.cli.AgentProcess;
import io.tidepool.agent.cli.Tidepool;
import io.tidepool.agent.cli.config.AgentConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A running agent with its mount and its socket: in this JVM, or in one of its own. */
final class Agent implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(20);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final AgentSetup setup;
    private final @Nullable AgentProcess inside;
    private final @Nullable Child child;
    private final TidepoolClient client;

    private Agent(AgentSetup setup, @Nullable AgentProcess inside, @Nullable Child child) {
        this.setup = setup;
        this.inside = inside;
        this.child = child;
        this.client = TidepoolClient.connect(setup.socket().toString());
    }

    static Agent start(AgentSetup setup) throws Exception {
        return new Agent(setup, AgentProcess.start(AgentConfig.load(setup.write())), null);
    }

    /** @param more flags of the JVM */
    static Agent fork(AgentSetup setup, String... more) throws Exception {
        // Started often and killed soon: not worth the better compiler.
        List<String> flags = new ArrayList<>(
                List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:MaxDirectMemorySize=8g"));
        flags.addAll(List.of(more));
        return ready(setup, Child.java(flags, Map.of(), Tidepool.class, "agent", "--config", setup.write()));
    }

    /**
     * As the launcher starts it.
     *
     * @param shell what a shell does before it becomes the agent, such as {@code ulimit -n 500}
     */
    static Agent launch(AgentSetup setup, String shell) throws Exception {
        return ready(setup, launched(setup, shell));
    }

    /** Such a process, which may not become ready. */
    static Child launched(AgentSetup setup, String shell) throws Exception {
        List<String> flags = List.of(System.getProperty("tidepool.agent.flags").split(" "));
        return Child.java(shell, flags, Map.of(), Tidepool.class, "agent", "--config", setup.write());
    }

    /** By the launcher, from the jars of the last build and with their AOT cache. */
    static Agent built(AgentSetup setup) throws Exception {
        Path launcher = Path.of("..", "tidepool").toRealPath();
        return ready(setup, Child.program(launcher, "agent", "--config", setup.write()));
    }

    private static Agent ready(AgentSetup setup, Child child) throws Exception {
        Agent agent = new Agent(setup, null, child);
        try {
            Eventually.within(START, "the agent is ready", () -> {
                if (!child.isAlive()) {
                    throw new AssertionError("the agent ended by itself: " + child.written());
                }
                return agent.isReady();
            });
            return agent;
        } catch (Exception | AssertionError e) {
            System.err.println(child.written());
            agent.close();
            throw e;
        }
    }

    /** Where the mount shows what the agent calls {@code path} ({@code /m/key}). */
    Path at(String path) {
        return setup.mountPoint().resolve(path.substring(1));
    }

    /** Where the gRPC API listens. */
    Path socket() {
        return setup.socket();
    }

    /** Closed with the agent. */
    TidepoolClient client() {
        return client;
    }

    /** How many bytes of a file are on disk. */
    long cachedBytes(String path) throws Exception {
        return client.stat(path).getCachedBytes();
    }

    /** The sum of a metric's samples whose labels contain {@code label}; 0 if there are none. */
    double metric(String name, String label) throws Exception {
        return get("/metrics")
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .filter(line -> line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** The lines of its metrics that match {@code pattern}. */
    List<String> metrics(String pattern) throws Exception {
        return get("/metrics").lines().filter(line -> line.matches(pattern)).toList();
    }

    private boolean isReady() throws InterruptedException {
        try {
            return get("/-/ready").contains("ready");
        } catch (IOException e) {
            return false;
        }
    }

    private String get(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + setup.metricsPort() + path);
        var response = HTTP.send(
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build(), BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(uri + " answers " + response.statusCode());
        }
        return response.body();
    }

    /** Of a forked agent. */
    long pid() {
        return child.pid();
    }

    /** What a forked agent has logged. */
    String log() throws IOException {
        return child.written();
    }

    /** Such as {@code -STOP}, to a forked agent. */
    void signal(String signal) throws Exception {
        try (Child kill = Child.program("kill", signal, pid())) {
            kill.succeeds(Duration.ofSeconds(10));
        }
    }

    /** SIGKILL to a forked agent. */
    void kill() throws InterruptedException {
        client.close();
        child.kill();
        child.ends(STOP);
    }

    /** An orderly stop: SIGTERM to a forked agent. */
    void stop() throws IOException, InterruptedException {
        client.close();
        if (inside != null) {
            inside.close();
        }
        if (child != null && child.isAlive()) {
            child.terminate();
            if (!child.ends(STOP)) {
                throw new AssertionError("the agent doesn't stop: " + child.written());
            }
        }
    }

    @Override
    public void close() throws IOException {
        try {
            stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (child != null) {
                child.close();
            }
        }
    }
}
