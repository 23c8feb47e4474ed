/** The other hosts of the cell: who they are, who tracks what, and the transfer of chunks between them. */
@NullMarked
package io.tidepool.agent.peer;

import org.jspecify.annotations.NullMarked;
