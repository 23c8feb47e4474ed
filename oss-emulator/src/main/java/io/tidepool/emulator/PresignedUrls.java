package io.tidepool.emulator;

import com.aliyun.oss.ClientBuilderConfiguration;
import com.aliyun.oss.HttpMethod;
import com.aliyun.oss.OSS;
import com.aliyun.oss.OSSClientBuilder;
import com.aliyun.oss.common.auth.DefaultCredentialProvider;
import com.aliyun.oss.common.comm.SignVersion;
import com.aliyun.oss.model.GeneratePresignedUrlRequest;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;

/** URLs with a V4 signature in the query, made by the real SDK: for curl and other clients that cannot sign. */
final class PresignedUrls {

    private PresignedUrls() {}

    /** Valid for a GET from now on. */
    static String get(URI endpoint, String region, AccessKey key, String bucket, String object, Duration validity) {
        ClientBuilderConfiguration configuration = new ClientBuilderConfiguration();
        configuration.setSLDEnabled(true);
        configuration.setSignatureVersion(SignVersion.V4);
        OSS client = OSSClientBuilder.create()
                .endpoint(endpoint.toString())
                .region(region)
                .credentialsProvider(new DefaultCredentialProvider(key.id(), key.secret(), key.securityToken()))
                .clientConfiguration(configuration)
                .build();
        try {
            GeneratePresignedUrlRequest request = new GeneratePresignedUrlRequest(bucket, object, HttpMethod.GET);
            request.setExpiration(Date.from(Instant.now().plus(validity)));
            return client.generatePresignedUrl(request).toString();
        } finally {
            client.shutdown();
        }
    }
}
