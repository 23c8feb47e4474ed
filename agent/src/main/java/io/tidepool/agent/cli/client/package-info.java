/** Commands that talk to a running agent. */
@NullMarked
package io.tidepool.agent.cli.client;

import org.jspecify.annotations.NullMarked;
