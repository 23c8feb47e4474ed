package io.tidepool.emulator;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One credential the emulator accepts.
 *
 * @param securityToken an STS key's token, which requests must then carry; null for a plain key
 * @param expires when an STS key stops being accepted; null never
 */
public record AccessKey(
        String id,
        String secret,
        @Nullable String securityToken,
        @Nullable Instant expires) {

    public AccessKey {
        if (id.isBlank() || secret.isBlank()) {
            throw new IllegalArgumentException("an access key needs an id and a secret");
        }
    }

    public AccessKey(String id, String secret) {
        this(id, secret, null, null);
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "AccessKey[" + id + (securityToken == null ? "" : ", STS") + "]";
    }
}
