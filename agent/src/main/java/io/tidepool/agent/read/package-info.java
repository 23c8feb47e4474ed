/** From offsets to chunks: open files, read-ahead, whole-model streaming, load reports. */
@NullMarked
package io.tidepool.agent.read;

import org.jspecify.annotations.NullMarked;
