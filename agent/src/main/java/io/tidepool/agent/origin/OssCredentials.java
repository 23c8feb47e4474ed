package io.tidepool.agent.origin;

import com.aliyun.credentials.exception.CredentialException;
import com.aliyun.credentials.models.CredentialModel;
import com.aliyun.credentials.provider.AlibabaCloudCredentialsProvider;
import com.aliyun.credentials.provider.EcsRamRoleCredentialProvider;
import com.aliyun.credentials.provider.OIDCRoleArnCredentialProvider;
import com.aliyun.oss.common.auth.Credentials;
import com.aliyun.oss.common.auth.CredentialsProvider;
import com.aliyun.oss.common.auth.DefaultCredentials;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A source of access keys. It is asked anew for every request, so rotation needs no restart; and when a key is refused
 * that has been replaced, or that the source may have kept for too long, the request is sent once more.
 *
 * <p>Its {@link #toString} names the source, never a secret. Thread-safe.
 */
public final class OssCredentials {
    /** A wrong role is refused all the time, and its provider must not be asked as often. */
    private static final long RENEW_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** What this thread's last request was signed with: the SDK asks for it on the thread of the request. */
    private static final ThreadLocal<@Nullable Credentials> USED = new ThreadLocal<>();

    private final String description;
    private final Supplier<Credentials> source;
    private final Runnable renew;
    private long renewedNanos = System.nanoTime() - RENEW_NANOS;

    OssCredentials(String description, Supplier<Credentials> source) {
        this(description, source, () -> {});
    }

    /** @param renew makes the source forget the key that it keeps */
    OssCredentials(String description, Supplier<Credentials> source, Runnable renew) {
        this.description = description;
        this.source = source;
        this.renew = renew;
    }

    /** One key, from the program itself: tests, the demo. */
    public static OssCredentials fixed(String accessKeyId, String accessKeySecret, @Nullable String securityToken) {
        Credentials credentials = new DefaultCredentials(accessKeyId, accessKeySecret, securityToken);
        return new OssCredentials("a fixed key", () -> credentials);
    }

    /**
     * From environment variables: {@code OSS_ACCESS_KEY_ID}, {@code OSS_ACCESS_KEY_SECRET} and, if it is a temporary
     * key, {@code OSS_SESSION_TOKEN}; or the same under {@code ALIBABA_CLOUD_ACCESS_KEY_ID},
     * {@code …_ACCESS_KEY_SECRET}, {@code …_SECURITY_TOKEN}.
     *
     * @throws IllegalArgumentException naming the variables, if they are not set
     */
    public static OssCredentials environment(Map<String, String> environment) {
        Credentials credentials = KeyNames.read(environment::get);
        if (credentials == null) {
            throw new IllegalArgumentException(
                    "no access key in the environment: set OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET");
        }
        return new OssCredentials("the environment", () -> credentials);
    }

    /**
     * From a file with the lines {@code OSS_ACCESS_KEY_ID=…}, {@code OSS_ACCESS_KEY_SECRET=…} and, if any,
     * {@code OSS_SESSION_TOKEN=…}. It is read again when it changes; a file that can't be read then is logged, and the
     * last key stays in use.
     *
     * @throws IllegalArgumentException if it can't be read, or names no key
     */
    public static OssCredentials file(Path file) {
        return new OssCredentials("file " + file, CredentialsFile.open(file));
    }

    /**
     * RRSA: a role assumed with the pod's OIDC token. Null arguments come from {@code ALIBABA_CLOUD_ROLE_ARN},
     * {@code ALIBABA_CLOUD_OIDC_PROVIDER_ARN} and {@code ALIBABA_CLOUD_OIDC_TOKEN_FILE}, which ACK sets.
     *
     * @throws IllegalArgumentException if one is missing
     */
    public static OssCredentials rrsa(
            @Nullable String roleArn, @Nullable String oidcProviderArn, @Nullable Path oidcTokenFile) {
        OIDCRoleArnCredentialProvider.Builder builder =
                OIDCRoleArnCredentialProvider.builder().roleArn(roleArn).oidcProviderArn(oidcProviderArn);
        if (oidcTokenFile != null) {
            builder.oidcTokenFilePath(oidcTokenFile.toString());
        }
        return of("RRSA", builder::build);
    }

    /** The RAM role of this ECS instance, from the metadata service; a null name means the one that is attached. */
    public static OssCredentials ecsRole(@Nullable String roleName) {
        String description = "ECS role " + (roleName == null ? "of the instance" : roleName);
        return of(
                description,
                () -> EcsRamRoleCredentialProvider.builder().roleName(roleName).build());
    }

    private static OssCredentials of(String description, Supplier<AlibabaCloudCredentialsProvider> provider) {
        try {
            Role role = new Role(provider);
            return new OssCredentials(description, role::credentials, role::renew);
        } catch (CredentialException e) {
            throw new IllegalArgumentException(description + ": " + e.getMessage(), e);
        }
    }

    /** A role's temporary key, which its provider keeps until shortly before it expires. */
    private static final class Role {
        private final Supplier<AlibabaCloudCredentialsProvider> providers;
        private volatile AlibabaCloudCredentialsProvider provider;

        private Role(Supplier<AlibabaCloudCredentialsProvider> providers) {
            this.providers = providers;
            this.provider = providers.get();
        }

        private Credentials credentials() {
            return convert(provider.getCredentials());
        }

        private void renew() {
            provider = providers.get();
        }
    }

    private static Credentials convert(CredentialModel model) {
        return new DefaultCredentials(model.getAccessKeyId(), model.getAccessKeySecret(), model.getSecurityToken());
    }

    /** For the SDK. */
    CredentialsProvider provider() {
        return new CredentialsProvider() {
            @Override
            public void setCredentials(Credentials credentials) {
                throw new UnsupportedOperationException("keys come from " + description);
            }

            @Override
            public Credentials getCredentials() {
                Credentials credentials = source.get();
                USED.set(credentials);
                return credentials;
            }
        };
    }

    /** Whether the key that this thread's last request was signed with, and which was refused, is another one by now. */
    boolean hasRotated() {
        Credentials refused = USED.get();
        if (refused == null) {
            return false;
        }
        try {
            renewIfKept(refused);
            return !same(refused, source.get());
        } catch (RuntimeException e) {
            // No key to be had: the refusal says enough.
            return false;
        }
    }

    /** One request does, and all that were refused with it wait for the new key. */
    private synchronized void renewIfKept(Credentials refused) {
        long now = System.nanoTime();
        if (now - renewedNanos >= RENEW_NANOS && same(refused, source.get())) {
            renewedNanos = now;
            renew.run();
        }
    }

    private static boolean same(Credentials a, Credentials b) {
        return a.getAccessKeyId().equals(b.getAccessKeyId())
                && a.getSecretAccessKey().equals(b.getSecretAccessKey())
                && Objects.equals(a.getSecurityToken(), b.getSecurityToken());
    }

    @Override
    public String toString() {
        return description;
    }
}
