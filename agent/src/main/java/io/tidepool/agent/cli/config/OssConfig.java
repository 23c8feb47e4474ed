package io.tidepool.agent.cli.config;

import io.tidepool.agent.origin.OssOptions;
import org.jspecify.annotations.Nullable;

/** How to reach one bucket. */
public record OssConfig(
        @Setting("URL of the region's endpoint, best the internal one, such as"
                + " `https://oss-cn-hangzhou-internal.aliyuncs.com`. Plain HTTP must be asked for by `http://`.")
        String endpoint,

        @Setting("Such as `cn-hangzhou`: requests are signed for it (signature V4).")
        String region,

        @Setting("The bucket's name.") String bucket,

        @Setting(
                value =
                        "Where requests carry the bucket's name: `virtual-host`, which OSS wants; `path`; `cname`, for a"
                                + " domain bound to the bucket. Without it `path` for an IP address or localhost, else"
                                + " `virtual-host`.",
                optional = true)
        OssOptions.@Nullable Addressing addressing,

        @Setting("Where the access key comes from; never the key itself.")
        CredentialsConfig credentials,

        @Setting("What the bucket's connections may take.") LimitsConfig limits) {}
