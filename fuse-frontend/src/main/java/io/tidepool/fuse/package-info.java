/**
 * The file system that the kernel sees: what one must offer ({@link io.tidepool.fuse.FileSystem}), what a mount is
 * ({@link io.tidepool.fuse.Mount}) and the care of mount points. Bindings live in sub-packages; nothing here knows the
 * agent, a bucket or a cache.
 */
@NullMarked
package io.tidepool.fuse;

import org.jspecify.annotations.NullMarked;
