package io.tidepool.agent.peer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;

/**
 * How many bytes must have come before the kernel wakes a channel's event loop. On a slow link each packet is an event of
 * its own otherwise. Belongs to one channel and its event loop.
 */
final class Wakeups {
    /** At 200 kB/s, which is slow for one of many transfers, three times a second. */
    private static final int ENOUGH_BYTES = 64 << 10;

    /** SOL_SOCKET and SO_RCVLOWAT of Linux (asm-generic/socket.h). */
    private static final ChannelOption<Integer> LEAST_BYTES = new IntegerUnixChannelOption("SO_RCVLOWAT", 1, 18);

    private final Channel channel;
    private int leastBytes = 1;

    Wakeups(Channel channel) {
        this.channel = channel;
    }

    /** Wakes for any byte, as at first. */
    void atOnce() {
        set(1);
    }

    /** Wakes for {@code bytes} or less, at the end of the connection anyway. */
    void atMost(int bytes) {
        set(Math.min(bytes, ENOUGH_BYTES));
    }

    private void set(int bytes) {
        if (bytes != leastBytes) {
            leastBytes = bytes;
            channel.config().setOption(LEAST_BYTES, bytes);
        }
    }
}
