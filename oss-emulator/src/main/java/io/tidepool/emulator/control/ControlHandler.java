package io.tidepool.emulator.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.tidepool.emulator.OssEmulator;
import io.tidepool.emulator.SafetensorsModel;
import io.tidepool.emulator.store.Bucket;
import io.tidepool.emulator.store.StoredObject;
import io.tidepool.emulator.store.SyntheticObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/** Routes of the control port; docs/EMULATOR.md shows each with curl. */
final class ControlHandler implements HttpHandler {

    private static final int MAX_BODY_BYTES = 1 << 20;

    private final ObjectMapper json = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(SerializationFeature.INDENT_OUTPUT);
    private final OssEmulator emulator;

    ControlHandler(OssEmulator emulator) {
        this.emulator = emulator;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            int status = 200;
            Object answer;
            try {
                answer = route(exchange);
            } catch (JsonProcessingException e) {
                status = 400;
                answer = Map.of("error", "not the JSON expected here: " + e.getOriginalMessage());
            } catch (IllegalArgumentException | NoSuchElementException e) {
                status = e instanceof NoSuchElementException ? 404 : 400;
                answer = Map.of("error", String.valueOf(e.getMessage()));
            }
            byte[] body = (json.writeValueAsString(answer) + "\n").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private Object route(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String route = exchange.getRequestMethod() + " " + path;
        if (path.startsWith("/faults/") && exchange.getRequestMethod().equals("DELETE")) {
            return removeFault(path.substring("/faults/".length()));
        }
        return switch (route) {
            case "GET /" -> about();
            case "GET /counters" ->
                Map.of(
                        "total",
                        emulator.counters().total(),
                        "objects",
                        emulator.counters().all());
            case "DELETE /counters" -> {
                emulator.counters().reset();
                yield Map.of();
            }
            case "GET /faults" -> faults();
            case "POST /faults" ->
                FaultJson.of(emulator.faults()
                        .add(read(exchange, FaultJson.Request.class).toRule()));
            case "DELETE /faults" -> {
                emulator.faults().clear();
                yield Map.of();
            }
            case "GET /shape" -> ShapeJson.of(emulator.shape());
            case "PUT /shape" -> {
                emulator.shape(read(exchange, ShapeJson.class).toShape());
                yield ShapeJson.of(emulator.shape());
            }
            case "POST /objects" -> putObject(read(exchange, ObjectJson.class));
            case "POST /models" -> putModel(read(exchange, ModelJson.class));
            default -> throw new NoSuchElementException("no such thing: " + route);
        };
    }

    private Map<String, Object> about() {
        return Map.of(
                "what", "an emulator of OSS, not OSS",
                "endpoint", emulator.endpoint().toString(),
                "region", emulator.options().region(),
                "buckets", emulator.store().all().stream().map(Bucket::name).toList(),
                "shape", ShapeJson.of(emulator.shape()),
                "faults", emulator.faults().all().size());
    }

    private List<FaultJson> faults() {
        return emulator.faults().all().stream().map(FaultJson::of).toList();
    }

    private Map<String, Object> removeFault(String id) {
        if (!id.matches("\\d{1,9}") || !emulator.faults().remove(Integer.parseInt(id))) {
            throw new NoSuchElementException("no fault rule " + id);
        }
        return Map.of();
    }

    private Map<String, Object> putObject(ObjectJson request) {
        String bucket = request.bucketOr(emulator.options().buckets().getFirst());
        SyntheticObject object = emulator.bucket(bucket).putSynthetic(request.toSpec());
        return describe(bucket, object);
    }

    /** Answers when the checksums are there too, so that no reader waits for them. */
    private Map<String, Object> putModel(ModelJson request) {
        SafetensorsModel model = request.toModel();
        model.putInto(emulator.bucket());
        emulator.bucket().computeChecksums().join();
        return Map.of("bucket", emulator.bucket().name(), "keys", model.keys(), "size", model.totalBytes());
    }

    private static Map<String, Object> describe(String bucket, StoredObject object) {
        return Map.of("bucket", bucket, "key", object.key(), "size", object.size(), "etag", object.etag());
    }

    private <T> T read(HttpExchange exchange, Class<T> type) throws IOException {
        JsonNode tree = json.readTree(exchange.getRequestBody().readNBytes(MAX_BODY_BYTES));
        if (!tree.isObject()) {
            throw new IllegalArgumentException("a JSON object is expected in the body");
        }
        return json.treeToValue(tree, type);
    }
}
