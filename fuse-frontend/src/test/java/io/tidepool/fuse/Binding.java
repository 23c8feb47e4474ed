package io.tidepool.fuse;

import io.tidepool.fuse.jnr.JnrMount;
import java.nio.file.Path;

/** The bindings that the contract tests run with: every test class of the contract runs once for each. */
enum Binding {
    JNR {
        @Override
        Mount mount(Path point, FileSystem fileSystem, MountOptions options) throws MountException {
            return JnrMount.mount(point, fileSystem, options);
        }
    };

    abstract Mount mount(Path point, FileSystem fileSystem, MountOptions options) throws MountException;
}
