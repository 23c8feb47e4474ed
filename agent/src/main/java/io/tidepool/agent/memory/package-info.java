/** The bounded off-heap memory that chunks land in. */
@NullMarked
package io.tidepool.agent.memory;

import org.jspecify.annotations.NullMarked;
