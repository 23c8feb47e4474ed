/** The command line: what people and scripts type, and how answers are printed. */
@NullMarked
package io.tidepool.agent.cli;

import org.jspecify.annotations.NullMarked;
