package io.tidepool.agent.api.client;

import io.grpc.Context.CancellableContext;
import io.tidepool.proto.v1.LocalFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A cached file on this host, to be mapped or read without copies and never written: its name stays until {@link #close},
 * unless somebody evicts it by name. Whoever has opened or mapped it reads right bytes in any case.
 */
public final class LocalLease implements AutoCloseable {
    private final LocalFile file;
    private final CancellableContext call;

    LocalLease(LocalFile file, CancellableContext call) {
        this.file = file;
        this.call = call;
    }

    /** Whether the agent's file is one of this host: it has the right name and size, and we may read it. */
    static boolean isHere(LocalFile file) {
        Path path = Path.of(file.getLocalPath());
        try {
            return Files.isReadable(path) && Files.size(path) == file.getSizeBytes();
        } catch (IOException e) {
            return false;
        }
    }

    public Path path() {
        return Path.of(file.getLocalPath());
    }

    /** Size of the file in bytes. */
    public long sizeBytes() {
        return file.getSizeBytes();
    }

    /** The version that it holds. */
    public String etag() {
        return file.getEtag();
    }

    @Override
    public void close() {
        call.cancel(null);
    }
}
