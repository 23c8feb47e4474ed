/** The chunk cache: single-flight, the order of sources, admission. */
@NullMarked
package io.tidepool.agent.cache;

import org.jspecify.annotations.NullMarked;
