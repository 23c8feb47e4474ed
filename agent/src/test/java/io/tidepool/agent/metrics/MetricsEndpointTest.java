package io.tidepool.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a scraper and a kubelet get. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class MetricsEndpointTest {
    private final Metrics metrics = new Metrics();
    private final AtomicReference<Optional<String>> notReady = new AtomicReference<>(Optional.empty());
    private final HttpClient client = HttpClient.newHttpClient();
    private MetricsEndpoint endpoint;

    @BeforeEach
    void start() throws IOException {
        endpoint = MetricsEndpoint.start(loopback(0), metrics, notReady::get);
    }

    @AfterEach
    void stop() {
        endpoint.close();
        client.close();
    }

    @Test
    void scrapeShowsOurMetricsAndTheJvms() throws Exception {
        metrics.add(Metric.ORIGIN_BYTES, 8 << 20);
        JvmMeters meters = new JvmMeters(metrics);
        HttpResponse<String> page = get("/metrics");
        meters.close();
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body())
                .contains("tidepool_origin_bytes_total 8388608.0\n")
                .contains("jvm_memory_used_bytes{area=\"heap\"")
                .contains("process_files_open_files ")
                .contains("process_uptime_seconds ");
    }

    @Test
    void readyOnlyWhenItServes() throws Exception {
        assertThat(get("/-/ready").statusCode()).isEqualTo(200);
        notReady.set(Optional.of("the mount /mnt/tidepool ended"));
        HttpResponse<String> answer = get("/-/ready");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).isEqualTo("the mount /mnt/tidepool ended\n");
        assertThat(get("/-/healthy").statusCode()).isEqualTo(200);
    }

    @Test
    void anythingElseIsNotFound() throws Exception {
        assertThat(get("/metric").statusCode()).isEqualTo(404);
        assertThat(get("/").body()).contains("/metrics");
    }

    @Test
    void requestsAtATimeAreBounded() throws Exception {
        CountDownLatch entered = new CountDownLatch(8);
        CountDownLatch leave = new CountDownLatch(1);
        try (MetricsEndpoint slow = MetricsEndpoint.start(loopback(0), metrics, () -> {
            entered.countDown();
            awaitQuietly(leave);
            return Optional.empty();
        })) {
            List<CompletableFuture<HttpResponse<String>>> stuck = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                stuck.add(client.sendAsync(request(slow, "/-/ready"), BodyHandlers.ofString()));
            }
            assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(client.send(request(slow, "/-/ready"), BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(503);
            leave.countDown();
            for (var answer : stuck) {
                assertThat(answer.get().statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void addressInUseIsOneLine() {
        assertThatThrownBy(() -> MetricsEndpoint.start(endpoint.address(), metrics, Optional::empty))
                .isInstanceOf(IOException.class)
                .hasMessageMatching("can't listen on [^/]*:\\d+ for metrics: Address already in use");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(request(endpoint, path), BodyHandlers.ofString());
    }

    private static HttpRequest request(MetricsEndpoint endpoint, String path) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + endpoint.address().getPort() + path))
                .build();
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
}
