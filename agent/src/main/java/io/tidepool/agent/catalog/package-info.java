/** Names: which object version or directory a path means now, and what a directory holds. */
@NullMarked
package io.tidepool.agent.catalog;

import org.jspecify.annotations.NullMarked;
