package io.tidepool.bench.lab;

import io.tidepool.agent.api.client.AgentAddress;
import io.tidepool.agent.api.client.ClientException;
import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.agent.cli.CommandFailure;
import io.tidepool.agent.cli.Units;
import io.tidepool.emulator.AccessKey;
import io.tidepool.emulator.EmulatorOptions;
import io.tidepool.fuse.MountInfo;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An agent as a process of its own, ready to serve. Closing ends it, and its mount whatever became of it. Thread-safe. */
public final class ForkedAgent implements AutoCloseable {
    private static final Duration TIME_TO_START = Duration.ofMinutes(3);
    private static final Duration TIME_TO_MEET = Duration.ofMinutes(1);
    /** A mount fails a moment before the process that serves it is gone. */
    private static final Duration TIME_TO_END = Duration.ofSeconds(1);

    private static final Pattern METRICS = Pattern.compile("http://\\S+/metrics");
    private static final Duration TIME_TO_STORE = Duration.ofSeconds(10);

    private final AgentSetup setup;
    private final JavaProcess process;
    private final TidepoolClient client;

    private ForkedAgent(AgentSetup setup, JavaProcess process, TidepoolClient client) {
        this.setup = setup;
        this.process = process;
        this.client = client;
    }

    /**
     * Starts an agent that {@code workspace} closes, and waits until it serves.
     *
     * @throws CommandFailure if it doesn't, with its last words
     */
    public static ForkedAgent start(Workspace workspace, AgentSetup setup) throws InterruptedException {
        ForkedAgent agent = launch(workspace, setup, List.of());
        agent.awaitReady();
        return agent;
    }

    /**
     * As {@link #start}, without waiting: several start at a time so.
     *
     * @param jvmFlags beside those of this JVM
     */
    public static ForkedAgent launch(Workspace workspace, AgentSetup setup, List<String> jvmFlags) {
        AccessKey key = EmulatorOptions.DEFAULT_KEY;
        try {
            Files.createDirectories(setup.directory());
            Files.writeString(setup.configFile(), setup.yaml());
        } catch (IOException e) {
            throw new CommandFailure("can't write " + setup.configFile() + ": " + e.getMessage(), e);
        }
        JavaProcess process = JavaProcess.start(
                "agent",
                setup.directory(),
                Map.of("OSS_ACCESS_KEY_ID", key.id(), "OSS_ACCESS_KEY_SECRET", key.secret()),
                setup.place(),
                jvmFlags,
                JavaProcess.MAIN,
                "agent",
                "--config",
                setup.configFile().toString());
        TidepoolClient client = new TidepoolClient(new AgentAddress.Socket(setup.socket()));
        return workspace.own(new ForkedAgent(setup, process, client));
    }

    /** @throws CommandFailure if it doesn't serve in time, with its last words */
    public void awaitReady() throws InterruptedException {
        long deadline = System.nanoTime() + TIME_TO_START.toNanos();
        while (!isReady()) {
            if (!process.isAlive()) {
                throw process.failure("did not start");
            }
            if (System.nanoTime() > deadline) {
                throw process.failure("was not ready after " + TIME_TO_START.toSeconds() + " s");
            }
            Thread.sleep(20);
        }
    }

    /**
     * Waits until it sees so many hosts in its cell, itself among them.
     *
     * @throws CommandFailure if it doesn't in time
     */
    public void awaitPeers(int hosts) throws InterruptedException {
        long deadline = System.nanoTime() + TIME_TO_MEET.toNanos();
        try {
            for (int seen = peers(); seen != hosts; seen = peers()) {
                if (System.nanoTime() > deadline) {
                    throw new CommandFailure("after " + TIME_TO_MEET.toSeconds() + " s the agent of "
                            + setup.place().name() + " sees " + seen + " of " + hosts + " hosts in its cell");
                }
                Thread.sleep(50);
            }
        } catch (ClientException e) {
            throw new CommandFailure(
                    "the agent of " + setup.place().name() + " did not tell its peers: " + e.getMessage(), e);
        }
    }

    private int peers() throws ClientException {
        return client.peers().getHostsCount();
    }

    /** The client isn't asked before there is a socket: it would wait a second before it tries again. */
    private boolean isReady() {
        if (!Files.exists(setup.socket())
                || (setup.mount() && MountInfo.at(setup.mountPoint()).isEmpty())) {
            return false;
        }
        try {
            client.status();
            return true;
        } catch (ClientException e) {
            return false;
        }
    }

    /** Closed with this. */
    public TidepoolClient client() {
        return client;
    }

    public long pid() {
        return process.pid();
    }

    public JavaProcess process() {
        return process;
    }

    public Place place() {
        return setup.place();
    }

    public Path configFile() {
        return setup.configFile();
    }

    public Path cacheDirectory() {
        return setup.cacheDirectory();
    }

    public Path mountPoint() {
        return setup.mountPoint();
    }

    public Path socket() {
        return setup.socket();
    }

    /** The bucket's directory, as the API calls it. */
    public String top() {
        return "/" + AgentSetup.TOP;
    }

    /** Its metrics: each series as it is written, and of each name with labels the sum over them. */
    public Map<String, Double> metrics() throws InterruptedException {
        Matcher url = METRICS.matcher(process.log());
        if (!url.find()) {
            throw new CommandFailure("the agent did not say where its metrics are");
        }
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url.group()))
                    .timeout(TIME_TO_STORE)
                    .build();
            Map<String, Double> sums = new HashMap<>();
            for (String line :
                    http.send(request, BodyHandlers.ofString()).body().lines().toList()) {
                if (!line.startsWith("#")) {
                    String series = line.substring(0, line.lastIndexOf(' '));
                    String name = series.replaceFirst("\\{.*", "");
                    Double value = Double.valueOf(line.substring(series.length() + 1));
                    sums.merge(name, value, Double::sum);
                    if (!series.equals(name)) {
                        sums.put(series, value);
                    }
                }
            }
            return sums;
        } catch (IOException e) {
            throw new CommandFailure("the agent did not tell its metrics: " + e.getMessage(), e);
        }
    }

    /** Where an object is in the mount. */
    public Path file(String key) {
        return setup.mountPoint().resolve(AgentSetup.TOP).resolve(key);
    }

    /** What the API calls an object. */
    public String path(String key) {
        return top() + "/" + key;
    }

    /** Forgets these objects' bytes, in the agent and in the kernel: the next read is a cold one. */
    public void makeCold(List<String> keys) throws InterruptedException {
        try {
            awaitIdle();
            client.evict(keys.stream().map(this::path).toList(), true);
        } catch (ClientException e) {
            throw failure(e);
        }
        dropPageCache(keys);
    }

    /** A chunk that is on its way from memory to disk can't be evicted in between: it would be served from memory. */
    private void awaitIdle() throws ClientException, InterruptedException {
        long deadline = System.nanoTime() + TIME_TO_STORE.toNanos();
        for (long bytes = landingBytes(); bytes > 0; bytes = landingBytes()) {
            if (System.nanoTime() > deadline) {
                throw new CommandFailure("the agent still has " + Units.bytes(bytes)
                        + " in landing memory, though nobody reads: it can't be made cold");
            }
            Thread.sleep(20);
        }
    }

    private long landingBytes() throws ClientException {
        return client.status().getMemory().getLandingBytes();
    }

    /** Forgets the pages that the kernel keeps of these files of the mount: the next read asks the agent. */
    public void dropPageCache(List<String> keys) throws InterruptedException {
        if (setup.mount()) {
            for (String key : keys) {
                try {
                    PageCache.drop(file(key));
                } catch (CommandFailure e) {
                    throw process.endsWithin(TIME_TO_END) ? process.failure("ended in the middle") : e;
                }
            }
        }
    }

    /** Says why a load failed: because the agent ended, if it did. */
    public CommandFailure failure(Exception reason) throws InterruptedException {
        return process.endsWithin(TIME_TO_END)
                ? process.failure("ended in the middle")
                : new CommandFailure("a load failed: " + reason.getMessage(), reason);
    }

    @Override
    public void close() {
        client.close();
        process.close();
        if (setup.mount()) {
            Mounts.takeDown(setup.mountPoint());
        }
    }
}
