package io.tidepool.agent.api;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.tidepool.agent.chunk.VersionId;
import io.tidepool.agent.peer.PeerProtocol;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a peer asks for; there is nothing else that it could ask for.
 *
 * @param index of the chunk
 * @param offset in the chunk, from where on
 * @param asker where the asker itself serves chunks; null if it doesn't say
 */
record ChunkRequest(
        VersionId version, int index, int offset, @Nullable InetSocketAddress asker) {
    private static final Pattern PATH = Pattern.compile(PeerProtocol.CHUNKS + "([0-9a-f]{32})/(0|[1-9][0-9]{0,8})");
    private static final Pattern RANGE = Pattern.compile("bytes=(0|[1-9][0-9]{0,8})-");

    /** Null if the request is none of ours. */
    static @Nullable ChunkRequest parse(HttpRequest request) {
        String range = request.headers().get(HttpHeaderNames.RANGE);
        if (request.decoderResult().isFailure()
                || !request.method().equals(HttpMethod.GET)
                || !request.protocolVersion().equals(HttpVersion.HTTP_1_1)
                || range == null
                || hasBody(request)) {
            return null;
        }
        Matcher path = PATH.matcher(request.uri());
        Matcher from = RANGE.matcher(range);
        if (!path.matches() || !from.matches()) {
            return null;
        }
        return new ChunkRequest(
                VersionId.parse(path.group(1)),
                Integer.parseInt(path.group(2)),
                Integer.parseInt(from.group(1)),
                PeerProtocol.parse(request.headers().get(PeerProtocol.HOST)));
    }

    private static boolean hasBody(HttpRequest request) {
        return request.headers().contains(HttpHeaderNames.CONTENT_LENGTH)
                || request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING);
    }
}
