package io.tidepool.agent.origin;

import com.aliyun.oss.common.auth.Credentials;
import com.aliyun.oss.common.auth.DefaultCredentials;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The names under which an access key is looked for, in the environment and in files. */
final class KeyNames {
    private record Names(String id, String secret, String token) {}

    private static final List<Names> KNOWN = List.of(
            new Names("OSS_ACCESS_KEY_ID", "OSS_ACCESS_KEY_SECRET", "OSS_SESSION_TOKEN"),
            new Names(
                    "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"));

    private KeyNames() {}

    /** The first complete key; null if there is none. */
    static @Nullable Credentials read(Function<String, @Nullable String> values) {
        for (Names names : KNOWN) {
            String id = trimmed(values.apply(names.id));
            String secret = trimmed(values.apply(names.secret));
            if (id != null && secret != null) {
                return new DefaultCredentials(id, secret, trimmed(values.apply(names.token)));
            }
        }
        return null;
    }

    private static @Nullable String trimmed(@Nullable String value) {
        return value == null || value.isBlank() ? null : value.strip();
    }
}
