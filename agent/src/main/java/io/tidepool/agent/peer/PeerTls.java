package io.tidepool.agent.peer;

import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettySslContextChannelCredentials;
import io.grpc.netty.NettySslContextServerCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this host proves itself with to others, and whom it believes: its certificate and key, and the CA that both sides'
 * certificates must come from. Read from PEM files, and read anew when they change: connections that begin afterwards use
 * what is new, those that are there go on. Thread-safe.
 *
 * <p>A certificate's names don't matter, only who issued it: hosts know each other by addresses, which no CA certifies.
 * So the CA must be one that signs for this cell's hosts only.
 */
public final class PeerTls implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PeerTls.class);
    private static final Duration LOOK = Duration.ofSeconds(10);
    /** A session that is resumed is not checked anew; connections are kept, so little is lost by not resuming. */
    private static final int SESSION_SECONDS = 1;

    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("peer-tls").factory());
    private final AdvancedTlsX509KeyManager identity = new AdvancedTlsX509KeyManager();
    private final AdvancedTlsX509TrustManager trust;
    private final SslContext server;
    private final SslContext client;
    private final SslContext controlServer;
    private final SslContext controlClient;
    /** Certificate, key, CA. */
    private final List<Path> files;
    /** When the files were changed that are in use; the watch's. */
    private List<FileTime> seen;

    private PeerTls(Path certificate, Path key, Path ca, Duration look) throws IOException, GeneralSecurityException {
        trust = AdvancedTlsX509TrustManager.newBuilder()
                .setVerification(Verification.CERTIFICATE_ONLY_VERIFICATION)
                .build();
        files = List.of(certificate, key, ca);
        seen = times();
        load();
        var _ = watch.scheduleWithFixedDelay(this::look, look.toMillis(), look.toMillis(), TimeUnit.MILLISECONDS);
        server = serving().build();
        client = asking().build();
        controlServer = GrpcSslContexts.configure(serving(), SslProvider.JDK).build();
        controlClient = GrpcSslContexts.configure(asking(), SslProvider.JDK).build();
    }

    private SslContextBuilder serving() {
        return SslContextBuilder.forServer(identity)
                .sslProvider(SslProvider.JDK)
                .trustManager(trust)
                .clientAuth(ClientAuth.REQUIRE)
                .sessionTimeout(SESSION_SECONDS);
    }

    private SslContextBuilder asking() {
        return SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .keyManager(identity)
                .trustManager(trust)
                .endpointIdentificationAlgorithm(null)
                .sessionTimeout(SESSION_SECONDS);
    }

    /** @throws IOException with one line for an operator: a file is missing, or isn't what it should be */
    public static PeerTls load(Path certificate, Path key, Path ca) throws IOException {
        return load(certificate, key, ca, LOOK);
    }

    /** For tests: looks for changes that often. */
    static PeerTls load(Path certificate, Path key, Path ca, Duration look) throws IOException {
        try {
            return new PeerTls(certificate, key, ca, look);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(
                    "peers.tls: can't use certificate " + certificate + ", key " + key + ", ca " + ca + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private List<FileTime> times() throws IOException {
        List<FileTime> times = new ArrayList<>();
        for (Path file : files) {
            times.add(Files.getLastModifiedTime(file));
        }
        return times;
    }

    private void load() throws IOException, GeneralSecurityException {
        identity.updateIdentityCredentials(files.get(0).toFile(), files.get(1).toFile());
        trust.updateTrustCredentials(files.get(2).toFile());
    }

    private void look() {
        try {
            List<FileTime> now = times();
            if (!now.equals(seen)) {
                load();
                seen = now;
                log.info("peers.tls: {} have changed, and are in use", files);
            }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            // They may be in the middle of being replaced.
            log.warn("peers.tls: {} can't be read anew, the old ones stay in use: {}", files, e.getMessage());
        }
    }

    /** For serving chunks: refuses whoever has no certificate of the CA. */
    public SslContext server() {
        return server;
    }

    SslContext client() {
        return client;
    }

    /** For serving trackers. */
    public ServerCredentials controlServer() {
        return NettySslContextServerCredentials.create(controlServer);
    }

    /** For asking trackers. */
    public ChannelCredentials controlClient() {
        return NettySslContextChannelCredentials.create(controlClient);
    }

    /** For membership. Whoever makes server sockets of it must ask clients for certificates. */
    public SSLContext membership() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {identity}, new TrustManager[] {trust}, null);
            context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
            context.getClientSessionContext().setSessionTimeout(SESSION_SECONDS);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }

    /** What a failed connection comes down to, in one line. */
    static String explain(Throwable failure) {
        String refusal = refusal(failure);
        return refusal == null ? String.valueOf(failure.getMessage()) : refusal;
    }

    /** Why two hosts don't believe each other, in one line; null if it is for another reason that a connection failed. */
    public static @Nullable String refusal(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof NotSslRecordException) {
                return "it speaks no TLS: is peers.tls set there?";
            }
            if (cause instanceof SSLException) {
                return "TLS: " + cause.getMessage();
            }
        }
        return null;
    }

    /** Ends the watch over the files. */
    @Override
    public void close() {
        watch.shutdownNow();
    }
}
