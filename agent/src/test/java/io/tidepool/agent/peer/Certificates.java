package io.tidepool.agent.peer;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;

/** A CA made for one test, and PEM files of hosts that it certifies. */
public final class Certificates {
    private final X509Bundle ca;
    private final Path directory;

    /** @param directory where the files go */
    public Certificates(Path directory) throws Exception {
        this.directory = Files.createDirectories(directory);
        this.ca = new CertificateBuilder()
                .ecp256()
                .subject("CN=test CA of " + directory.getFileName())
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        write("ca.pem", ca.getCertificatePEM());
    }

    public Path ca() {
        return directory.resolve("ca.pem");
    }

    public Path certificate() {
        return directory.resolve("host.pem");
    }

    public Path key() {
        return directory.resolve("host.key");
    }

    /** Certifies a host under a name; what was certified before in these files is replaced. */
    public Certificates issue(String name) throws Exception {
        X509Bundle host = new CertificateBuilder()
                .ecp256()
                .subject("CN=" + name)
                .addExtendedKeyUsageServerAuth()
                .addExtendedKeyUsageClientAuth()
                .buildIssuedBy(ca);
        write("host.pem", host.getCertificatePathPEM());
        write("host.key", host.getPrivateKeyPEM());
        return this;
    }

    /** Believes another CA from now on, in the same file. */
    public void believe(Certificates other) throws IOException {
        write("ca.pem", Files.readString(other.ca()));
    }

    /** Takes over another's certificate and key, in the same files. */
    public void become(Certificates other) throws IOException {
        write("host.pem", Files.readString(other.certificate()));
        write("host.key", Files.readString(other.key()));
    }

    private void write(String name, String pem) throws IOException {
        Path file = directory.resolve(name);
        Instant before = Files.exists(file) ? Files.getLastModifiedTime(file).toInstant() : Instant.EPOCH;
        Path fresh = Files.writeString(directory.resolve(name + ".new"), pem);
        // A file system's clock may be too coarse to tell two writes apart.
        Instant now = Instant.now();
        Instant later = before.plusMillis(10);
        Files.setLastModifiedTime(fresh, FileTime.from(now.isAfter(later) ? now : later));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** What an agent with these files uses, looking for changes often. */
    public PeerTls load() throws IOException {
        return PeerTls.load(certificate(), key(), ca(), Duration.ofMillis(50));
    }
}
