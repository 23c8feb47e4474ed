package io.tidepool.agent.peer;

import io.tidepool.agent.chunk.ChunkId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The words that client and server of chunks share.
 *
 * <pre>
 *   GET /v1/chunks/{version id, 32 hex digits}/{chunk index}      206: from there to the chunk's end
 *   Range: bytes={offset in the chunk}-                           404: not here
 *   Tidepool-Host: {where the asker serves chunks}                503: no slot free; Tidepool-Try: {who has it too}
 * </pre>
 *
 * <p>Nothing else can be asked for: no name, no path, no end of a range, no body.
 */
public final class PeerProtocol {
    public static final String CHUNKS = "/v1/chunks/";
    public static final String HOST = "tidepool-host";
    public static final String TRY = "tidepool-try";
    public static final int MAX_LINE_BYTES = 256;
    public static final int MAX_HEADER_BYTES = 2048;

    private PeerProtocol() {}

    static String path(ChunkId id) {
        return CHUNKS + id.version().id().hex() + "/" + id.index();
    }

    /** Offsets are the chunk's, and the end is always its end. */
    public static String contentRange(int offset, int length) {
        return "bytes " + offset + "-" + (length - 1) + "/" + length;
    }

    /** An address as the headers have it: never a name. */
    public static String format(InetSocketAddress address) {
        String ip = address.getAddress().getHostAddress();
        return (ip.indexOf(':') < 0 ? ip : "[" + ip + "]") + ":" + address.getPort();
    }

    /** The reverse of {@link #format}; null if it is no such address. Looks up nothing. */
    public static @Nullable InetSocketAddress parse(@Nullable String text) {
        int colon = text == null ? -1 : text.lastIndexOf(':');
        if (text == null || colon < 0) {
            return null;
        }
        try {
            return new InetSocketAddress(
                    InetAddress.ofLiteral(text.substring(0, colon)), Integer.parseInt(text.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
