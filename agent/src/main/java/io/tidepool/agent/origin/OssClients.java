package io.tidepool.agent.origin;

import com.aliyun.oss.ClientBuilderConfiguration;
import com.aliyun.oss.OSS;
import com.aliyun.oss.OSSClientBuilder;
import com.aliyun.oss.common.comm.SignVersion;

/** Makes the SDK's client as we want it: V4 signatures, short timeouts, no retries and no checksums of its own. */
final class OssClients {
    private OssClients() {}

    static OSS open(OssOptions options, FailedAnswers failedAnswers) {
        ClientBuilderConfiguration config = new ClientBuilderConfiguration();
        config.setSignatureVersion(SignVersion.V4);
        config.setConnectionTimeout(Math.toIntExact(options.connectTimeout().toMillis()));
        config.setSocketTimeout(Math.toIntExact(options.stallTimeout().toMillis()));
        // Without it a request waits for ever when all connections are in use.
        config.setConnectionRequestTimeout(
                Math.toIntExact(options.stallTimeout().toMillis()));
        config.setMaxConnections(options.connections());
        // One, so that the SDK asks the strategy at all; the strategy then says no.
        config.setMaxErrorRetry(1);
        config.setRetryStrategy(failedAnswers);
        // It can't check a range anyway. Ours is OriginSource's CRC64.
        config.setCrcCheckEnabled(false);
        config.setRedirectEnable(false);
        config.setSLDEnabled(options.addressing() == OssOptions.Addressing.PATH);
        config.setSupportCname(options.addressing() == OssOptions.Addressing.CNAME);
        config.setUserAgent("tidepool");
        return OSSClientBuilder.create()
                .endpoint(options.endpoint())
                .region(options.region())
                .credentialsProvider(options.credentials().provider())
                .clientConfiguration(config)
                .build();
    }
}
