package io.tidepool.fuse;

import java.io.IOException;
import java.nio.file.Path;

/** A program of its own that mounts and then waits to be killed. Arguments: mount point. */
final class MountingProgram {
    private MountingProgram() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        MemoryFileSystem fileSystem = new MemoryFileSystem();
        fileSystem.file("file", 10, 1);
        Binding.JNR.mount(Path.of(args[0]), fileSystem, MountOptions.defaults());
        System.out.println("mounted");
        // Longer than any test; an end, should the parent die.
        Thread.sleep(60_000);
    }
}
