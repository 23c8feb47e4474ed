package io.tidepool.agent.cli.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes one key of the configuration, on the record component that holds it; docs/CONFIGURATION.md comes from it. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Setting {
    /** Marks a key without a default. */
    String NONE = "(none)";

    /** What it means, in a sentence or two of Markdown. */
    String value();

    /** The value when the key is missing, as a user would write it. */
    String fallback() default NONE;

    /** Whether the key may be missing although it has no default; the component is null then. */
    boolean optional() default false;
}
