package io.tidepool.bench.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidepool.agent.cli.CommandFailure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An OSS emulator as a process of its own, so that its work isn't taken for anybody else's; and so that a thread of ours
 * which waits for a page of the mount can't keep the emulator from answering: a JVM whose collector waits for such a thread
 * stands still. Thread-safe.
 */
public final class ForkedEmulator implements AutoCloseable {
    private static final Duration TIME_TO_START = Duration.ofSeconds(60);
    /** It computes checksums of models in this time: about a second a GiB. */
    private static final Duration TIME_TO_ANSWER = Duration.ofSeconds(60);

    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private final JavaProcess process;
    private URI endpoint = URI.create("");
    private URI control = URI.create("");

    private ForkedEmulator(JavaProcess process) {
        this.process = process;
    }

    /**
     * Starts an emulator that {@code workspace} closes, and waits until it serves.
     *
     * @param options for the command {@code oss-emulator}
     * @throws CommandFailure if it doesn't, with its last words
     */
    public static ForkedEmulator start(Workspace workspace, String... options) throws InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("oss-emulator", "--port=0", "--control-port=0"));
        arguments.addAll(List.of(options));
        JavaProcess process =
                JavaProcess.start("emulator", workspace.directory(), Map.of(), arguments.toArray(String[]::new));
        ForkedEmulator emulator = workspace.own(new ForkedEmulator(process));
        emulator.awaitReady();
        return emulator;
    }

    /** It says on which ports it is once it listens there. */
    private void awaitReady() throws InterruptedException {
        long deadline = System.nanoTime() + TIME_TO_START.toNanos();
        while (true) {
            String said = process.log();
            Optional<URI> port = uri(said, "endpoint");
            Optional<URI> controlPort = uri(said, "control");
            if (port.isPresent() && controlPort.isPresent()) {
                endpoint = port.get();
                control = controlPort.get();
                return;
            }
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw process.failure("did not start");
            }
            Thread.sleep(20);
        }
    }

    private static Optional<URI> uri(String text, String name) {
        Matcher line =
                Pattern.compile("(?m)^ +" + name + " +(http://\\S+)[ \\n]").matcher(text);
        return line.find() ? Optional.of(URI.create(line.group(1))) : Optional.empty();
    }

    public URI endpoint() {
        return endpoint;
    }

    public long pid() {
        return process.pid();
    }

    /** Makes a synthetic object in the first bucket. */
    public void put(String key, long size) throws InterruptedException {
        ask("POST", "/objects", Map.of("key", key, "size", size));
    }

    /** Makes a model in the first bucket, with its checksums. */
    public void putModel(BucketModel model, int shards) throws InterruptedException {
        ask("POST", "/models", Map.of("prefix", model.name() + "/", "size", model.shardBytes(), "shards", shards));
    }

    /** Answers every GET with 503, until {@link #clearFaults}. */
    public void refuse() throws InterruptedException {
        ask("POST", "/faults", Map.of("kind", "STATUS", "status", 503));
    }

    /**
     * Takes all faults away.
     *
     * @return how often one fired
     */
    public long clearFaults() throws InterruptedException {
        long fired = 0;
        for (JsonNode fault : ask("GET", "/faults", Map.of())) {
            fired += fault.path("fired").asLong();
        }
        ask("DELETE", "/faults", Map.of());
        return fired;
    }

    /**
     * Makes the bucket slow or far away.
     *
     * @param bytesPerSecond of all bodies together; 0: unlimited
     * @param latencyMillis to the first byte of each answer
     */
    public void shape(long bytesPerSecond, int latencyMillis) throws InterruptedException {
        ask("PUT", "/shape", Map.of("bytesPerSecond", bytesPerSecond, "firstByteLatencyMillis", latencyMillis));
    }

    public void resetCounters() throws InterruptedException {
        ask("DELETE", "/counters", Map.of());
    }

    /** Body bytes sent since the counters were reset. */
    public long bytesSent() throws InterruptedException {
        return ask("GET", "/counters", Map.of()).path("total").path("bytesSent").asLong();
    }

    private JsonNode ask(String method, String route, Map<String, Object> body) throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(control.resolve(route))
                    .timeout(TIME_TO_ANSWER)
                    .method(method, BodyPublishers.ofString(json.writeValueAsString(body)))
                    .build();
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new CommandFailure("the emulator refused " + method + " " + route + ": "
                        + json.readTree(answer.body()).path("error").asText());
            }
            return json.readTree(answer.body());
        } catch (IOException e) {
            throw process.isAlive()
                    ? new CommandFailure("the emulator did not answer: " + e.getMessage(), e)
                    : process.failure("ended early");
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
        process.close();
    }
}
