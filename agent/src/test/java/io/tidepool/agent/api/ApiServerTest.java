package io.tidepool.agent.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import io.tidepool.agent.api.client.ClientException;
import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.proto.v1.ErrorKind;
import io.tidepool.proto.v1.ReadServiceGrpc;
import io.tidepool.proto.v1.StatRequest;
import io.tidepool.proto.v1.StatResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ApiServerTest {
    @TempDir
    Path directory;

    /** Answers every Stat when it is let. */
    private static final class SlowStats extends ReadServiceGrpc.ReadServiceImplBase {
        private final CountDownLatch go = new CountDownLatch(1);
        private final CountDownLatch started = new CountDownLatch(1);
        private volatile boolean interrupted;

        @Override
        public void stat(StatRequest request, StreamObserver<StatResponse> observer) {
            ReplyStream.serve(observer, Duration.ofSeconds(10), out -> {
                started.countDown();
                try {
                    go.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                    throw e;
                }
                out.send(StatResponse.getDefaultInstance());
            });
        }
    }

    private ApiOptions options(InetSocketAddress tcp, int maxCalls) {
        return new ApiOptions(
                directory.resolve("agent.sock"), tcp, 4, Duration.ofSeconds(1), maxCalls, Duration.ofSeconds(5));
    }

    private TidepoolClient client() {
        return TidepoolClient.connect(directory.resolve("agent.sock").toString());
    }

    @Test
    void listensOnTheSocketAndOnTcpWhereConfigured() throws Exception {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        SlowStats service = new SlowStats();
        service.go.countDown();
        try (ApiServer server = ApiServer.start(options(any, 10), List.of(service));
                TidepoolClient local = client();
                TidepoolClient remote = TidepoolClient.connect("127.0.0.1:" + server.tcpPort())) {
            assertThat(local.stat("/").getPath()).isEmpty();
            assertThat(remote.stat("/").getPath()).isEmpty();
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aSecondAgentIsRefusedInOneLineAndTheFirstGoesOn() throws Exception {
        SlowStats service = new SlowStats();
        service.go.countDown();
        try (ApiServer first = ApiServer.start(options(null, 10), List.of(service));
                TidepoolClient client = client()) {
            assertThatIOException()
                    .isThrownBy(
                            () -> ApiServer.start(options(null, 10), List.of()).close())
                    .withMessageContaining("another agent is listening on ");
            assertThat(client.stat("/")).isNotNull();
            assertThat(first.tcpPort()).isEqualTo(-1);
        }
    }

    @Test
    void aPortInUseIsSaidSo() throws Exception {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (ApiServer first = ApiServer.start(options(any, 10), List.of())) {
            InetSocketAddress taken = new InetSocketAddress(InetAddress.getLoopbackAddress(), first.tcpPort());
            ApiOptions second = new ApiOptions(null, taken, 4, Duration.ofSeconds(1), 10, Duration.ofSeconds(5));
            assertThatIOException()
                    .isThrownBy(() -> ApiServer.start(second, List.of()).close())
                    .withMessageMatching("can't listen on .*:" + first.tcpPort() + ": .*Address already in use.*");
        }
    }

    @Test
    void callsOverTheLimitAreRefusedAndOthersFinish() throws Exception {
        SlowStats service = new SlowStats();
        try (ApiServer server = ApiServer.start(options(null, 1), List.of(service));
                TidepoolClient client = client()) {
            CompletableFuture<Object> first = CompletableFuture.supplyAsync(() -> statOrFailure(client));
            assertThat(service.started.await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(statOrFailure(client)).isInstanceOfSatisfying(ClientException.class, e -> {
                assertThat(e.kind()).isEqualTo(ErrorKind.ERROR_KIND_BUSY);
                assertThat(e).hasMessageContaining("the agent runs 1 calls");
            });
            service.go.countDown();
            assertThat(first.get(5, TimeUnit.SECONDS)).isNotInstanceOf(Exception.class);
            assertThat(statOrFailure(client)).isNotInstanceOf(Exception.class);
            assertThat(server.tcpPort()).isEqualTo(-1);
        }
    }

    @Test
    void closingCancelsWhatDoesNotEnd() throws Exception {
        SlowStats service = new SlowStats();
        ApiServer server = ApiServer.start(options(null, 10), List.of(service));
        try (TidepoolClient client = client()) {
            CompletableFuture<Object> call = CompletableFuture.supplyAsync(() -> statOrFailure(client));
            assertThat(service.started.await(5, TimeUnit.SECONDS)).isTrue();
            server.close();
            assertThat(call.get(5, TimeUnit.SECONDS)).isInstanceOf(ClientException.class);
            assertThat(service.interrupted).isTrue();
            assertThat(Files.exists(directory.resolve("agent.sock"))).isFalse();
        }
    }

    @Test
    void healthAndReflectionAnswer() throws Exception {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        BindableService service = new SlowStats();
        try (ApiServer server = ApiServer.start(options(any, 10), List.of(service))) {
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.tcpPort())
                    .usePlaintext()
                    .build();
            try {
                HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(channel);
                assertThatThrownBy(() -> check(health, ReadServiceGrpc.SERVICE_NAME))
                        .isInstanceOf(StatusRuntimeException.class);
                server.setServing(true);
                assertThat(check(health, "")).isEqualTo(ServingStatus.SERVING);
                assertThat(check(health, ReadServiceGrpc.SERVICE_NAME)).isEqualTo(ServingStatus.SERVING);
                server.setServing(false);
                assertThat(check(health, ReadServiceGrpc.SERVICE_NAME)).isEqualTo(ServingStatus.NOT_SERVING);
                assertThat(reflectedServices(channel)).contains(ReadServiceGrpc.SERVICE_NAME, "grpc.health.v1.Health");
            } finally {
                channel.shutdownNow();
            }
        }
    }

    private static ServingStatus check(HealthGrpc.HealthBlockingStub health, String service) {
        return health.check(HealthCheckRequest.newBuilder().setService(service).build())
                .getStatus();
    }

    private static List<String> reflectedServices(ManagedChannel channel) throws Exception {
        CompletableFuture<List<String>> names = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> requests = ServerReflectionGrpc.newStub(channel)
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        names.complete(response.getListServicesResponse().getServiceList().stream()
                                .map(ServiceResponse::getName)
                                .toList());
                    }

                    @Override
                    public void onError(Throwable t) {
                        names.completeExceptionally(t);
                    }

                    @Override
                    public void onCompleted() {}
                });
        requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        List<String> answer = names.get(5, TimeUnit.SECONDS);
        requests.onCompleted();
        return answer;
    }

    private static Object statOrFailure(TidepoolClient client) {
        try {
            return client.stat("/");
        } catch (ClientException e) {
            return e;
        }
    }

    @Test
    void aSocketThatCannotBeMadeIsOneLine() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        assertThatIOException()
                .isThrownBy(() -> ApiServer.start(ApiOptions.onSocket(file.resolve("agent.sock")), List.of())
                        .close())
                .withMessageContaining("can't create the socket " + file.resolve("agent.sock"));
    }
}
