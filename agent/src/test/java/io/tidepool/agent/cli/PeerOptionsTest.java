package io.tidepool.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.cli.config.AgentConfig;
import io.tidepool.agent.peer.MembershipOptions;
import io.tidepool.agent.peer.tracker.PeerHost;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** From the configuration to the host that the cell sees. */
final class PeerOptionsTest {
    private static PeerOptions options(String peers) throws Exception {
        return new PeerOptions(
                AgentConfig.parse("c.yaml", """
                        origins: [{name: nas, directory: /nas}]
                        cache: {directory: /c, capacity: 1GiB}
                        """ + "peers: {enabled: true, plaintext: true, " + peers + "}")
                        .peers());
    }

    @Test
    void whatIsConfiguredIsWhatOthersSee() throws Exception {
        PeerOptions options = options("name: h, zone: z, address: 127.0.0.9, hosts: [\"x.invalid:7\"], cell: c");
        PeerHost self = options.self(1, 2);
        assertThat(self.id()).matches("h/[0-9a-f]{8}");
        assertThat(self)
                .isEqualTo(new PeerHost(
                        self.id(), "z", new InetSocketAddress("127.0.0.9", 1), new InetSocketAddress("127.0.0.9", 2)));
        assertThat(options.self(1, 2).id()).as("another life").isNotEqualTo(self.id());
        MembershipOptions membership = options.membership(null);
        assertThat(membership.cell()).isEqualTo("c");
        assertThat(membership.port()).isEqualTo(7482);
        assertThat(membership.hosts()).containsExactly(InetSocketAddress.createUnresolved("x.invalid", 7));
    }

    @Test
    void withoutAnAddressItTakesOneThatOthersCanReach() throws Exception {
        InetAddress address = options("dns: pool").address();
        assertThat(address.isLoopbackAddress()).isFalse();
        assertThat(address.isAnyLocalAddress()).isFalse();
    }
}
