/**
 * The binding over libfuse2's low-level API, through jnr-ffi. A request's way: {@link
 * io.tidepool.fuse.jnr.SessionThread} takes it from the kernel, libfuse calls one of {@link
 * io.tidepool.fuse.jnr.Operations}, {@link io.tidepool.fuse.jnr.Requests} (or for reads {@link
 * io.tidepool.fuse.jnr.ReadRequests}) asks the {@link io.tidepool.fuse.FileSystem}, {@link io.tidepool.fuse.jnr.Reply}
 * answers. Only {@link io.tidepool.fuse.jnr.JnrMount} is meant for others; what else is public is so because jnr's
 * generated code must reach it.
 */
@NullMarked
package io.tidepool.fuse.jnr;

import org.jspecify.annotations.NullMarked;
