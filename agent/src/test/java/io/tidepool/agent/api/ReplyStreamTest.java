package io.tidepool.agent.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.proto.v1.ErrorKind;
import io.tidepool.proto.v1.ReadRequest;
import io.tidepool.proto.v1.ReadResponse;
import io.tidepool.proto.v1.ReadServiceGrpc;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ReplyStreamTest {
    private static final int MESSAGE_BYTES = 1 << 20;
    private static final int CLIENT_WINDOW = 256 << 10;

    @TempDir
    Path directory;

    private final AtomicInteger sent = new AtomicInteger();
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private volatile long interruptedNanos;
    private volatile Duration stuckAfter = Duration.ofMinutes(1);
    private volatile ReplyStream.Work<ReadResponse> work = this::endless;

    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private ApiServer server;
    private ManagedChannel channel;

    private final class Reads extends ReadServiceGrpc.ReadServiceImplBase {
        @Override
        public void read(ReadRequest request, StreamObserver<ReadResponse> observer) {
            ReplyStream.serve(observer, stuckAfter, out -> work.run(out));
        }
    }

    /** A client that takes no more than it asks for. */
    private static final class Reader implements ClientResponseObserver<ReadRequest, ReadResponse> {
        private final CompletableFuture<Throwable> ended = new CompletableFuture<>();
        private final AtomicInteger received = new AtomicInteger();
        private ClientCallStreamObserver<ReadRequest> call;

        @Override
        public void beforeStart(ClientCallStreamObserver<ReadRequest> stream) {
            call = stream;
            stream.disableAutoRequestWithInitial(0);
        }

        @Override
        public void onNext(ReadResponse value) {
            received.incrementAndGet();
        }

        @Override
        public void onError(Throwable t) {
            ended.complete(t);
        }

        @Override
        public void onCompleted() {
            ended.complete(new IllegalStateException("ended well"));
        }
    }

    @BeforeEach
    void start() throws IOException {
        Path socket = directory.resolve("agent.sock");
        server = ApiServer.start(ApiOptions.onSocket(socket), List.of(new Reads()));
        channel = NettyChannelBuilder.forAddress(
                        new DomainSocketAddress(socket.toString()), InsecureChannelCredentials.create())
                .overrideAuthority("localhost")
                .channelType(EpollDomainSocketChannel.class, DomainSocketAddress.class)
                .eventLoopGroup(loop)
                .flowControlWindow(CLIENT_WINDOW)
                .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private void endless(ReplyStream<ReadResponse> out) throws ChunkException, InterruptedException {
        byte[] bytes = new byte[MESSAGE_BYTES];
        try {
            while (true) {
                out.send(ReadResponse.newBuilder()
                        .setData(UnsafeByteOperations.unsafeWrap(bytes))
                        .build());
                sent.incrementAndGet();
            }
        } catch (InterruptedException e) {
            interruptedNanos = System.nanoTime();
            interrupted.countDown();
            throw e;
        }
    }

    private Reader read() {
        Reader reader = new Reader();
        ReadServiceGrpc.newStub(channel).read(ReadRequest.getDefaultInstance(), reader);
        return reader;
    }

    @Test
    void aReaderThatTakesNothingIsOwedTwoMessagesAtMost() throws Exception {
        Reader reader = read();
        int settled = settledCount();
        // Two in the server's queue, and what the client's window took off it (less than one message).
        assertThat(settled).isBetween(2, 3);
        reader.call.request(5);
        waitFor(() -> reader.received.get() == 5);
        assertThat(settledCount()).isBetween(settled + 4, settled + 6);
        reader.call.cancel("enough", null);
        assertThat(interrupted.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void manyStuckReadersAreOwedTheSameEach() throws Exception {
        for (int i = 0; i < 20; i++) {
            read();
        }
        assertThat(settledCount()).isBetween(40, 60);
    }

    /** Waits until the server has sent nothing for a while. */
    private int settledCount() throws InterruptedException {
        int before;
        do {
            before = sent.get();
            Thread.sleep(300);
        } while (before == 0 || sent.get() != before);
        return before;
    }

    private static void waitFor(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(1);
        }
    }

    @Test
    void cancellingStopsTheWorkWithinMilliseconds() throws Exception {
        work = out -> {
            sent.incrementAndGet();
            try {
                Thread.sleep(Duration.ofMinutes(1));
            } catch (InterruptedException e) {
                interruptedNanos = System.nanoTime();
                interrupted.countDown();
                throw e;
            }
        };
        Reader reader = read();
        waitFor(() -> sent.get() == 1);
        long start = System.nanoTime();
        reader.call.cancel("enough", null);
        assertThat(interrupted.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(Duration.ofNanos(interruptedNanos - start)).isLessThan(Duration.ofMillis(500));
    }

    @Test
    void theCallersDeadlineStopsTheWork() throws Exception {
        CancellableContext context = Context.ROOT.withCancellation();
        Reader reader = new Reader();
        context.run(() -> ReadServiceGrpc.newStub(channel)
                .withDeadlineAfter(Duration.ofMillis(200))
                .read(ReadRequest.getDefaultInstance(), reader));
        assertThat(interrupted.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(Status.fromThrowable(reader.ended.get(5, TimeUnit.SECONDS)).getCode())
                .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    }

    @Test
    void aDeadConnectionStopsTheWork() throws Exception {
        read();
        settledCount();
        channel.shutdownNow();
        assertThat(interrupted.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aReaderThatIsStuckForTooLongLosesItsCall() throws Exception {
        stuckAfter = Duration.ofMillis(300);
        Reader reader = read();
        settledCount();
        reader.call.request(100);
        Throwable why = reader.ended.get(5, TimeUnit.SECONDS);
        assertThat(Status.fromThrowable(why).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(GrpcErrors.kindOf(Status.trailersFromThrowable(why))).isEqualTo(ErrorKind.ERROR_KIND_DEADLINE);
    }

    @Test
    void aDefectIsAnInternalErrorAndNoMore() throws Exception {
        work = out -> {
            throw new IllegalStateException("a bug");
        };
        Reader reader = read();
        Throwable why = reader.ended.get(5, TimeUnit.SECONDS);
        assertThat(Status.fromThrowable(why).getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(GrpcErrors.kindOf(Status.trailersFromThrowable(why))).isEqualTo(ErrorKind.ERROR_KIND_INTERNAL);
    }
}
