package io.tidepool.agent.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.exporter.httpserver.MetricsHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Metrics and health over HTTP: {@code /metrics}, {@code /-/healthy} (the process lives) and {@code /-/ready} (it serves).
 *
 * <p>Bounded whatever its clients do: connections, requests at a time, the time of each. Thread-safe.
 */
public final class MetricsEndpoint implements AutoCloseable {
    private static final int MAX_CONNECTIONS = 64;
    /** A scrape costs some hundred KiB; two or three Prometheus servers and a person never need more at a time. */
    private static final int MAX_REQUESTS = 8;

    private static final int MAX_SECONDS = 10;
    private static final int PENDING_CONNECTIONS = 16;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore requests = new Semaphore(MAX_REQUESTS);

    private MetricsEndpoint(HttpServer server) {
        this.server = server;
    }

    /**
     * Starts to listen.
     *
     * @param notReady why the agent doesn't serve, as one line; empty when it does
     * @throws IOException in one line for an operator, if the address can't be listened on
     */
    public static MetricsEndpoint start(InetSocketAddress address, Metrics metrics, Supplier<Optional<String>> notReady)
            throws IOException {
        limit();
        MetricsEndpoint endpoint = new MetricsEndpoint(listen(address));
        HttpHandler scrape = new MetricsHandler(metrics.registry().getPrometheusRegistry());
        endpoint.serve("/metrics", scrape);
        endpoint.serve("/-/healthy", exchange -> answer(exchange, 200, "alive"));
        endpoint.serve("/-/ready", exchange -> {
            Optional<String> reason = notReady.get();
            answer(exchange, reason.isPresent() ? 503 : 200, reason.orElse("ready"));
        });
        endpoint.serve("/", MetricsEndpoint::root);
        endpoint.server.setExecutor(endpoint.threads);
        endpoint.server.start();
        return endpoint;
    }

    /** The JDK's server takes its limits from properties, once, when its class is loaded. */
    private static void limit() {
        setDefault("jdk.httpserver.maxConnections", MAX_CONNECTIONS);
        setDefault("sun.net.httpserver.maxReqTime", MAX_SECONDS);
        setDefault("sun.net.httpserver.maxRspTime", MAX_SECONDS);
    }

    private static void setDefault(String property, int value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, Integer.toString(value));
        }
    }

    private static HttpServer listen(InetSocketAddress address) throws IOException {
        try {
            return HttpServer.create(address, PENDING_CONNECTIONS);
        } catch (IOException e) {
            throw new IOException(
                    "can't listen on " + address.getHostString() + ":" + address.getPort() + " for metrics: "
                            + e.getMessage(),
                    e);
        }
    }

    private void serve(String path, HttpHandler handler) {
        server.createContext(path, exchange -> {
            if (!requests.tryAcquire()) {
                answer(exchange, 503, "busy: " + MAX_REQUESTS + " requests at a time");
                return;
            }
            try {
                handler.handle(exchange);
            } finally {
                requests.release();
            }
        });
    }

    private static void root(HttpExchange exchange) throws IOException {
        if (exchange.getRequestURI().getPath().equals("/")) {
            answer(exchange, 200, "tidepool: /metrics, /-/healthy, /-/ready");
        } else {
            answer(exchange, 404, "not found: there is /metrics, /-/healthy, /-/ready");
        }
    }

    private static void answer(HttpExchange exchange, int status, String line) throws IOException {
        try (exchange) {
            byte[] body = (line + "\n").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.sendResponseHeaders(status, -1);
            } else {
                exchange.sendResponseHeaders(status, body.length);
                exchange.getResponseBody().write(body);
            }
        }
    }

    /** Where it listens; the port that the kernel chose if it was asked to. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** Closes all connections at once. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
