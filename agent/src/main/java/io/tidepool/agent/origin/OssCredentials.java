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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A source of access keys. It is asked anew for every request, so rotation needs no restart.
 *
 * <p>Its {@link #toString} names the source, never a secret. Thread-safe.
 */
public final class OssCredentials {
    private final String description;
    private final Supplier<Credentials> source;

    OssCredentials(String description, Supplier<Credentials> source) {
        this.description = description;
        this.source = source;
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
            AlibabaCloudCredentialsProvider role = provider.get();
            return new OssCredentials(description, () -> convert(role.getCredentials()));
        } catch (CredentialException e) {
            throw new IllegalArgumentException(description + ": " + e.getMessage(), e);
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
                return source.get();
            }
        };
    }

    @Override
    public String toString() {
        return description;
    }
}
