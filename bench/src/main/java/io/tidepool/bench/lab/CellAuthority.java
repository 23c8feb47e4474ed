package io.tidepool.bench.lab;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** A certificate authority made for one run, for agents that share with each other over mutual TLS. */
public final class CellAuthority {
    private final X509Bundle ca;
    private final Path directory;

    /**
     * One host's PEM files.
     *
     * @param ca whose certificates the host believes
     */
    public record Certified(Path certificate, Path key, Path ca) {}

    /** @param directory where the files go; it must not exist */
    public CellAuthority(Path directory) {
        this.directory = directory;
        this.ca = made(
                () -> builder("tidepool bench").setIsCertificateAuthority(true).buildSelfSigned());
        try {
            Files.createDirectory(directory);
            Files.writeString(directory.resolve("ca.pem"), ca.getCertificatePEM());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Certifies a host; files that it had under this name are replaced. */
    public Certified certify(String name) {
        Path certificate = directory.resolve(name + ".pem");
        Path key = directory.resolve(name + ".key");
        X509Bundle host = made(() -> builder(name)
                .addExtendedKeyUsageServerAuth()
                .addExtendedKeyUsageClientAuth()
                .buildIssuedBy(ca));
        try {
            Files.writeString(certificate, host.getCertificatePathPEM());
            Files.writeString(key, host.getPrivateKeyPEM());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Certified(certificate, key, directory.resolve("ca.pem"));
    }

    private static X509Bundle made(Callable<X509Bundle> certificate) {
        try {
            return certificate.call();
        } catch (Exception e) {
            throw new IllegalStateException("this JDK can't make a certificate: " + e.getMessage(), e);
        }
    }

    private static CertificateBuilder builder(String name) {
        return new CertificateBuilder().ecp256().subject("CN=" + name);
    }
}
