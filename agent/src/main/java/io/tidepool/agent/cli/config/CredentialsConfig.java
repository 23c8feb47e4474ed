package io.tidepool.agent.cli.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where the access key comes from; never the key itself. */
public record CredentialsConfig(
        @Setting(
                value = "`env`: `OSS_ACCESS_KEY_ID`, `OSS_ACCESS_KEY_SECRET` and, for temporary keys,"
                        + " `OSS_SESSION_TOKEN` of the agent's environment. `file`: the same names as `NAME=value` lines,"
                        + " read again when the file changes. `rrsa`: a RAM role for the pod's service account (OIDC),"
                        + " as ACK sets it up. `ecs-role`: the RAM role of the ECS instance.",
                fallback = "env")
        Type type,

        @Setting(value = "For `file`: which one.", optional = true) @Nullable
        Path file,

        @Setting(
                value = "For `ecs-role`: the role's name, else the one attached to the instance. For `rrsa`: the role's"
                        + " ARN, else `ALIBABA_CLOUD_ROLE_ARN`.",
                optional = true)
        @Nullable
        String role) {

    /** The kind of source. */
    public enum Type {
        ENV,
        FILE,
        RRSA,
        ECS_ROLE
    }
}
