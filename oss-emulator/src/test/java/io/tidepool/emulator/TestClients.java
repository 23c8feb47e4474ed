package io.tidepool.emulator;

import com.aliyun.oss.ClientBuilderConfiguration;
import com.aliyun.oss.OSS;
import com.aliyun.oss.OSSClientBuilder;
import com.aliyun.oss.common.auth.DefaultCredentialProvider;
import com.aliyun.oss.common.comm.SignVersion;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** The clients that tests talk to an emulator with. */
public final class TestClients {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private TestClients() {}

    public static OSS sdk(OssEmulator emulator, SignVersion version) {
        return sdk(emulator, version, EmulatorOptions.DEFAULT_KEY);
    }

    static OSS sdk(OssEmulator emulator, SignVersion version, AccessKey key) {
        ClientBuilderConfiguration configuration = new ClientBuilderConfiguration();
        configuration.setSLDEnabled(true);
        configuration.setSignatureVersion(version);
        configuration.setMaxErrorRetry(0);
        configuration.setSocketTimeout(5_000);
        configuration.setConnectionTimeout(2_000);
        return OSSClientBuilder.create()
                .endpoint(emulator.endpoint().toString())
                .region(emulator.options().region())
                .credentialsProvider(new DefaultCredentialProvider(key.id(), key.secret(), key.securityToken()))
                .clientConfiguration(configuration)
                .build();
    }

    /** An unsigned GET of a key of the default bucket, for emulators that ask for no signature. */
    static HttpResponse<byte[]> get(OssEmulator emulator, String key, String... headers)
            throws IOException, InterruptedException {
        return send(emulator, "GET", key, headers);
    }

    static HttpResponse<byte[]> send(OssEmulator emulator, String method, String pathAndQuery, String... headers)
            throws IOException, InterruptedException {
        return sendRaw(emulator, method, "/" + emulator.bucket().name() + "/" + pathAndQuery, headers);
    }

    static HttpResponse<byte[]> sendRaw(OssEmulator emulator, String method, String uriPath, String... headers)
            throws IOException, InterruptedException {
        return sendBody(emulator, method, uriPath, new byte[0], headers);
    }

    static HttpResponse<byte[]> sendBody(
            OssEmulator emulator, String method, String uriPath, byte[] body, String... headers)
            throws IOException, InterruptedException {
        URI uri = emulator.endpoint().resolve(uriPath);
        HttpRequest.BodyPublisher publisher =
                body.length == 0 ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).method(method, publisher);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    public static byte[] read(InputStream stream) throws IOException {
        try (stream) {
            return stream.readAllBytes();
        }
    }
}
