package io.tidepool.agent.peer;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/** A connection to a peer, seen from the threads that fetch over it, one at a time. */
record PeerConnection(Channel channel, DownloadHandler handler) {
    void begin(Download download) {
        try {
            channel.eventLoop().execute(() -> handler.begin(download));
        } catch (RejectedExecutionException e) {
            download.end(new Outcome.Broken("the agent is stopping"));
        }
    }

    /** Closes the connection. When it returns, the download's memory is not touched any more. */
    void abandon(Download download) {
        try {
            Future<?> done = channel.eventLoop().submit(() -> handler.abandon(download));
            done.awaitUninterruptibly();
        } catch (RejectedExecutionException e) {
            channel.eventLoop().terminationFuture().awaitUninterruptibly();
        }
    }
}
