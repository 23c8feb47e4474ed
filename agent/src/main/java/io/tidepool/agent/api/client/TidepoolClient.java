package io.tidepool.agent.api.client;

import com.google.protobuf.ByteString;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.AbstractStub;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.tidepool.proto.v1.AdminServiceGrpc;
import io.tidepool.proto.v1.AgentStatus;
import io.tidepool.proto.v1.Entry;
import io.tidepool.proto.v1.EvictRequest;
import io.tidepool.proto.v1.EvictResponse;
import io.tidepool.proto.v1.ListRequest;
import io.tidepool.proto.v1.ListResponse;
import io.tidepool.proto.v1.LoadReport;
import io.tidepool.proto.v1.LoadReportsRequest;
import io.tidepool.proto.v1.OpenLocalRequest;
import io.tidepool.proto.v1.PeersRequest;
import io.tidepool.proto.v1.PeersResponse;
import io.tidepool.proto.v1.PinRequest;
import io.tidepool.proto.v1.PinResponse;
import io.tidepool.proto.v1.ReadRequest;
import io.tidepool.proto.v1.ReadServiceGrpc;
import io.tidepool.proto.v1.StatRequest;
import io.tidepool.proto.v1.StatusRequest;
import io.tidepool.proto.v1.UnpinRequest;
import io.tidepool.proto.v1.UnpinResponse;
import io.tidepool.proto.v1.VerifyProgress;
import io.tidepool.proto.v1.VerifyRequest;
import io.tidepool.proto.v1.WarmProgress;
import io.tidepool.proto.v1.WarmRequest;
import io.tidepool.proto.v1.WhereFile;
import io.tidepool.proto.v1.WhereRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A blocking client of one agent. Thread-safe; one connection, made at the first call.
 *
 * <p>Paths are those of the mount. Every method throws a {@link ClientException} whose message is one line. A call ends when
 * its thread is interrupted, and then stops the agent's work for it too. A hung agent is noticed within 30 s.
 */
public final class TidepoolClient implements AutoCloseable {
    /** Longer than the agent's own deadline, so that its word on what went wrong arrives. */
    private static final Duration SOON = Duration.ofSeconds(45);

    /** For calls that first list what is under their paths. */
    private static final Duration LATE = Duration.ofMinutes(10);

    /** Some messages under way: a stream must not wait for a round trip. */
    private static final int WINDOW_BYTES = 4 << 20;

    private final Calls calls;
    private final EventLoopGroup eventLoop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("tidepool-client", true), EpollIoHandler.newFactory());
    private final ManagedChannel channel;
    private final ReadServiceGrpc.ReadServiceBlockingStub files;
    private final AdminServiceGrpc.AdminServiceBlockingStub admin;

    public TidepoolClient(AgentAddress agent) {
        this.calls = new Calls(agent);
        NettyChannelBuilder builder = switch (agent) {
            case AgentAddress.Socket socket ->
                NettyChannelBuilder.forAddress(
                                new DomainSocketAddress(socket.path().toString()), InsecureChannelCredentials.create())
                        .overrideAuthority("localhost")
                        .channelType(EpollDomainSocketChannel.class, DomainSocketAddress.class);
            case AgentAddress.Tcp tcp ->
                NettyChannelBuilder.forAddress(tcp.host(), tcp.port(), InsecureChannelCredentials.create())
                        .channelType(EpollSocketChannel.class);
        };
        this.channel = builder.eventLoopGroup(eventLoop)
                .directExecutor()
                .flowControlWindow(WINDOW_BYTES)
                .keepAliveTime(20, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .disableRetry()
                .build();
        this.files = ReadServiceGrpc.newBlockingStub(channel);
        this.admin = AdminServiceGrpc.newBlockingStub(channel);
    }

    /** A client of the agent at an address as {@link AgentAddress#parse} reads it. */
    public static TidepoolClient connect(String address) {
        return new TidepoolClient(AgentAddress.parse(address));
    }

    public Entry stat(String path) throws ClientException {
        StatRequest request = StatRequest.newBuilder().setPath(path).build();
        return calls.unary(() -> soon(files).stat(request)).getEntry();
    }

    /** Hands every entry of a directory to {@code each}, in the byte order of their names, page by page. */
    public <X extends Exception> void list(String path, Each<Entry, X> each) throws ClientException, X {
        ListRequest request = ListRequest.newBuilder().setPath(path).build();
        Each<ListResponse, X> pages = page -> {
            for (Entry entry : page.getEntriesList()) {
                each.accept(entry);
            }
        };
        calls.stream(() -> files.list(request), pages);
    }

    /**
     * Reads a range into {@code into}; returns when all of it is there.
     *
     * @param length in bytes; 0: to the end of the file
     * @throws ClientException if anything is missing: what was written then is a part of it
     * @throws IOException if {@code into} fails
     */
    public ReadSummary read(String path, long offset, long length, OutputStream into)
            throws ClientException, IOException {
        return read(path, offset, length, "", data -> data.writeTo(into));
    }

    /** As the other {@code read}, of one version only: fails with kind STALE unless the file's ETag is {@code etag}. */
    public ReadSummary read(String path, long offset, long length, String etag, OutputStream into)
            throws ClientException, IOException {
        return read(path, offset, length, etag, data -> data.writeTo(into));
    }

    /**
     * Reads {@code into} full, or to the end of the file.
     *
     * @return the number of bytes; 0 at the end of the file
     */
    public int read(String path, long offset, ByteBuffer into) throws ClientException {
        if (!into.hasRemaining()) {
            return 0;
        }
        Each<ByteString, RuntimeException> sink = data -> data.copyTo(into);
        return (int) read(path, offset, into.remaining(), "", sink).bytes();
    }

    private <X extends Exception> ReadSummary read(
            String path, long offset, long length, String etag, Each<ByteString, X> sink) throws ClientException, X {
        ReadRequest request = ReadRequest.newBuilder()
                .setPath(path)
                .setOffset(offset)
                .setLength(length)
                .setExpectedEtag(etag)
                .build();
        ReadRun<X> run = new ReadRun<>(path, offset, sink);
        calls.stream(() -> files.read(request), run);
        return run.summary();
    }

    /**
     * Leases the local file of a completely cached version; the caller closes it.
     *
     * @param fill fetch what is missing first
     * @return null if the file isn't complete in the cache, or the agent runs on another host: use {@code read}
     */
    public @Nullable LocalLease openLocal(String path, boolean fill) throws ClientException {
        OpenLocalRequest request =
                OpenLocalRequest.newBuilder().setPath(path).setFill(fill).build();
        return calls.lease(() -> files.openLocal(request));
    }

    /**
     * Fetches files into the agent's cache.
     *
     * @param paths files, directories, globs
     * @param listener hears of the progress a few times a second
     * @return the last progress, with the files that failed
     */
    public WarmProgress warm(List<String> paths, Consumer<WarmProgress> listener) throws ClientException {
        return warm(WarmRequest.newBuilder().addAllPaths(paths).build(), listener);
    }

    /** As the other {@code warm}, also into the caches of other hosts. */
    public WarmProgress warm(WarmRequest request, Consumer<WarmProgress> listener) throws ClientException {
        return calls.stream(() -> admin.warm(request), listener::accept);
    }

    /** The hosts of the agent's cell. */
    public PeersResponse peers() throws ClientException {
        return calls.unary(() -> soon(admin).peers(PeersRequest.getDefaultInstance()));
    }

    /** Hands each file to {@code each}, with the hosts of the cell that have something of it. */
    public <X extends Exception> void where(List<String> paths, Each<WhereFile, X> each) throws ClientException, X {
        WhereRequest request = WhereRequest.newBuilder().addAllPaths(paths).build();
        calls.stream(() -> late(admin).where(request), each);
    }

    /** Compares cached chunks with their checksums; as {@link #warm}, with no paths for everything. */
    public VerifyProgress verify(List<String> paths, Consumer<VerifyProgress> listener) throws ClientException {
        VerifyRequest request = VerifyRequest.newBuilder().addAllPaths(paths).build();
        return calls.stream(() -> admin.verify(request), listener::accept);
    }

    public PinResponse pin(List<String> paths) throws ClientException {
        PinRequest request = PinRequest.newBuilder().addAllPaths(paths).build();
        return calls.unary(() -> late(admin).pin(request));
    }

    public UnpinResponse unpin(List<String> paths) throws ClientException {
        UnpinRequest request = UnpinRequest.newBuilder().addAllPaths(paths).build();
        return calls.unary(() -> late(admin).unpin(request));
    }

    public EvictResponse evict(List<String> paths, boolean includePinned) throws ClientException {
        EvictRequest request = EvictRequest.newBuilder()
                .addAllPaths(paths)
                .setIncludePinned(includePinned)
                .build();
        return calls.unary(() -> late(admin).evict(request));
    }

    public AgentStatus status() throws ClientException {
        return calls.unary(() -> soon(admin).status(StatusRequest.getDefaultInstance()))
                .getStatus();
    }

    /** The last loads, newest first; {@code limit} 0: all that the agent remembers. */
    public List<LoadReport> loadReports(int limit) throws ClientException {
        return loadReports(LoadReportsRequest.newBuilder().setLimit(limit).build());
    }

    public List<LoadReport> loadReports(LoadReportsRequest request) throws ClientException {
        return calls.unary(() -> soon(admin).loadReports(request)).getReportsList();
    }

    private static <S extends AbstractStub<S>> S soon(S stub) {
        return stub.withDeadlineAfter(SOON);
    }

    private static <S extends AbstractStub<S>> S late(S stub) {
        return stub.withDeadlineAfter(LATE);
    }

    /** Ends all calls. */
    @Override
    public void close() {
        channel.shutdownNow();
        var _ = eventLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
