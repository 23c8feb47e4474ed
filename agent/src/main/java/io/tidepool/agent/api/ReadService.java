package io.tidepool.agent.api;

import io.grpc.stub.StreamObserver;
import io.tidepool.agent.catalog.Catalog;
import io.tidepool.agent.catalog.CatalogEntry;
import io.tidepool.agent.catalog.DirectoryPage;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.disk.DiskTier;
import io.tidepool.agent.read.FileReader;
import io.tidepool.proto.v1.ListRequest;
import io.tidepool.proto.v1.ListResponse;
import io.tidepool.proto.v1.OpenLocalRequest;
import io.tidepool.proto.v1.OpenLocalResponse;
import io.tidepool.proto.v1.ReadRequest;
import io.tidepool.proto.v1.ReadResponse;
import io.tidepool.proto.v1.ReadServiceGrpc;
import io.tidepool.proto.v1.StatRequest;
import io.tidepool.proto.v1.StatResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Reads for loaders, as {@code proto/…/read.proto} promises. Thread-safe. */
public final class ReadService extends ReadServiceGrpc.ReadServiceImplBase {
    private static final int PAGE_ENTRIES = 256;

    private final Catalog catalog;
    private final FileReader reader;
    private final DiskTier disk;
    private final Entries entries;
    private final ReadSlots slots;
    private final MessageBuffers buffers;
    private final AtomicInteger leases = new AtomicInteger();
    private final Duration stuckAfter;

    public ReadService(Catalog catalog, FileReader reader, DiskTier disk, ApiOptions options) {
        this.catalog = catalog;
        this.reader = reader;
        this.disk = disk;
        this.entries = new Entries(disk);
        this.slots = new ReadSlots(options.maxReads(), options.readWait());
        this.buffers = new MessageBuffers(ReadCall.MAX_MESSAGE_BYTES, options.maxReads());
        this.stuckAfter = options.stuckAfter();
    }

    /** {@code Read} calls that run now. */
    public int activeReads() {
        return slots.inUse();
    }

    /** Leases of {@code OpenLocal} that are held now. */
    public int activeLeases() {
        return leases.get();
    }

    @Override
    public void stat(StatRequest request, StreamObserver<StatResponse> observer) {
        ReplyStream.serve(observer, stuckAfter, out -> {
            CatalogEntry entry = RequestPath.find(request.getPath(), catalog);
            out.send(StatResponse.newBuilder().setEntry(entries.entry(entry)).build());
        });
    }

    @Override
    public void list(ListRequest request, StreamObserver<ListResponse> observer) {
        ReplyStream.serve(observer, stuckAfter, out -> list(request, out));
    }

    private void list(ListRequest request, ReplyStream<ListResponse> out) throws ChunkException, InterruptedException {
        if (request.getLimit() < 0) {
            throw new ChunkException(Kind.INVALID, "a limit of " + request.getLimit() + " entries");
        }
        String path = RequestPath.of(request.getPath());
        String after = request.getPageToken().isEmpty() ? null : request.getPageToken();
        long left = request.getLimit() == 0 ? Long.MAX_VALUE : request.getLimit();
        do {
            // A page is made when it can be sent, not before.
            out.awaitReady();
            DirectoryPage page = catalog.list(path, after, (int) Math.min(PAGE_ENTRIES, left));
            ListResponse.Builder response = ListResponse.newBuilder();
            page.children().forEach(child -> response.addEntries(entries.entry(child.entry())));
            left -= page.children().size();
            after = page.next();
            out.send(response.setNextPageToken(after == null ? "" : after).build());
        } while (after != null && left > 0);
    }

    @Override
    public void read(ReadRequest request, StreamObserver<ReadResponse> observer) {
        ReplyStream.serve(observer, stuckAfter, out -> {
            slots.acquire();
            try {
                new ReadCall(request, reader, buffers).run(out);
            } finally {
                slots.release();
            }
        });
    }

    @Override
    public void openLocal(OpenLocalRequest request, StreamObserver<OpenLocalResponse> observer) {
        ReplyStream.serve(observer, stuckAfter, new OpenLocalCall(request, catalog, reader, disk, leases));
    }
}
