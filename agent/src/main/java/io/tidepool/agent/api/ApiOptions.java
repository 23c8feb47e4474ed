package io.tidepool.agent.api;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the gRPC API listens, and what its clients may take.
 *
 * <p>The memory of the API is at most {@code maxReads} × 3 MiB (two messages queued, one being filled) plus some KiB for
 * each of {@code maxCalls}.
 *
 * @param socket path of the Unix socket; null: none
 * @param tcp address to listen on besides, without encryption or authentication; null: none
 * @param maxReads {@code Read} calls that run at a time; more of them wait
 * @param readWait the longest wait for one of those, after which a call fails
 * @param maxCalls calls of all kinds at a time; more of them fail
 * @param stuckAfter a client that takes nothing of its stream for so long loses it
 */
public record ApiOptions(
        @Nullable Path socket,
        @Nullable InetSocketAddress tcp,
        int maxReads,
        Duration readWait,
        int maxCalls,
        Duration stuckAfter) {
    public static final Path DEFAULT_SOCKET = Path.of("/run/tidepool/agent.sock");

    public ApiOptions {
        if (maxReads < 1 || maxCalls < 1) {
            throw new IllegalArgumentException("the API must be allowed at least one call");
        }
    }

    /** A Unix socket and the defaults. */
    public static ApiOptions onSocket(Path socket) {
        return new ApiOptions(socket, null, 64, Duration.ofSeconds(30), 1024, Duration.ofMinutes(10));
    }
}
