package io.tidepool.agent.peer.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.StreamObserver;
import io.tidepool.agent.e2e.Eventually;
import io.tidepool.agent.peer.Certificates;
import io.tidepool.agent.peer.PeerTls;
import io.tidepool.agent.peer.tracker.PeerHost;
import io.tidepool.proto.v1.CellServiceGrpc;
import io.tidepool.proto.v1.CellServiceGrpc.CellServiceImplBase;
import io.tidepool.proto.v1.HostTraffic;
import io.tidepool.proto.v1.TrafficRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The control port answers hosts with a certificate of the cell's CA, and nobody else. */
@Timeout(60)
class ControlTlsTest {
    @TempDir
    Path directory;

    private final AtomicInteger asked = new AtomicInteger();
    private Certificates ours;
    private PeerTls tls;
    private ControlServer server;

    @BeforeEach
    void serve() throws Exception {
        ours = new Certificates(directory.resolve("ours")).issue("host");
        tls = ours.load();
        server = ControlServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                tls.controlServer(),
                List.of(new CellServiceImplBase() {
                    @Override
                    public void traffic(TrafficRequest request, StreamObserver<HostTraffic> reply) {
                        asked.incrementAndGet();
                        reply.onNext(HostTraffic.getDefaultInstance());
                        reply.onCompleted();
                    }
                }));
    }

    @AfterEach
    void close() {
        server.close();
        tls.close();
    }

    /** What comes of a call on a connection of its own. */
    private Status.Code ask(ChannelCredentials credentials) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
        PeerHost host = new PeerHost("host/1", "", address, address);
        try (ControlChannels channels = new ControlChannels(credentials)) {
            ManagedChannel channel = channels.to(host);
            var _ = CellServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                    .traffic(TrafficRequest.getDefaultInstance());
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        }
    }

    private Status.Code ask(Certificates files) throws IOException {
        try (PeerTls its = files.load()) {
            return ask(its.controlClient());
        }
    }

    @Test
    void hostsOfOneCaTalk() throws Exception {
        assertThat(ask(ours)).isEqualTo(Status.Code.OK);
        assertThat(asked).hasValue(1);
    }

    @Test
    void whoHasNoCertificateOfTheCaIsRefused() throws Exception {
        Certificates foreign = new Certificates(directory.resolve("foreign")).issue("host");
        assertThat(ask(foreign)).as("each is foreign to the other").isEqualTo(Status.Code.UNAVAILABLE);
        foreign.believe(ours);
        assertThat(ask(foreign)).as("it believes us: it is we who refuse").isEqualTo(Status.Code.UNAVAILABLE);
        ChannelCredentials anonymous = TlsChannelCredentials.newBuilder()
                .trustManager(ours.ca().toFile())
                .build();
        assertThat(ask(anonymous)).as("no certificate").isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(ask(InsecureChannelCredentials.create())).as("plaintext").isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(asked).as("calls that got through").hasValue(0);
        assertThat(ask(ours)).as("afterwards").isEqualTo(Status.Code.OK);
    }

    @Test
    void changedFilesAreUsedByWhatConnectsAfterwards() throws Exception {
        Certificates before = new Certificates(directory.resolve("before"));
        before.issue("host");
        before.become(ours);
        before.believe(ours);
        assertThat(ask(before)).isEqualTo(Status.Code.OK);
        Certificates other = new Certificates(directory.resolve("other")).issue("host");
        ours.become(other);
        ours.believe(other);
        Eventually.is("the new ones are in use", () -> ask(other) == Status.Code.OK);
        before.believe(other);
        assertThat(ask(before))
                .as("it believes us, and has the old certificate")
                .isEqualTo(Status.Code.UNAVAILABLE);
    }
}
