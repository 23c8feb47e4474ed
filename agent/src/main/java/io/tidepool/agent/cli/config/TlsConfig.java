package io.tidepool.agent.cli.config;

import java.nio.file.Path;

/** How hosts of a cell prove to each other who they are: each shows a certificate, and asks the other for one. */
public record TlsConfig(
        @Setting("PEM file with this host's certificate, followed by those between it and the CA's. Read again when it"
                + " changes.")
        Path certificate,

        @Setting("PEM file with its private key, PKCS #8, not encrypted.")
        Path key,

        @Setting("PEM file with the certificates of the CA: who has one that it signed is a host of the cell.")
        Path ca) {}
