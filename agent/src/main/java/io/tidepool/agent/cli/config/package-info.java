/** The configuration: a YAML file becomes one record per component, or one line that says where it is wrong. */
@NullMarked
package io.tidepool.agent.cli.config;

import org.jspecify.annotations.NullMarked;
