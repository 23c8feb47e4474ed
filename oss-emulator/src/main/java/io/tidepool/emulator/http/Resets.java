package io.tidepool.emulator.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;

/** Closing with a TCP RST, as a crashed host or a middlebox does, instead of an orderly FIN. */
final class Resets {

    private Resets() {}

    static void reset(Channel channel) {
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            var _ = channel.close();
        }
    }
}
