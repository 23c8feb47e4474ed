/** What the agent counts, in one enum, and the registry behind it. Micrometer stays in here. */
@NullMarked
package io.tidepool.agent.metrics;

import org.jspecify.annotations.NullMarked;
