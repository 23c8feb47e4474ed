package io.tidepool.fuse.jnr;

import io.tidepool.fuse.MountOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

/** The command line that libfuse wants its options on (struct fuse_args). */
final class MountArguments {
    private MountArguments() {}

    /** The options of the mount itself, as they are in /proc/mounts. */
    static List<String> forMount(MountOptions options) {
        List<String> list = new ArrayList<>();
        list.add("fsname=" + escape(options.fsName()));
        list.add("subtype=" + MountOptions.SUBTYPE);
        list.add("default_permissions");
        list.add("ro");
        list.add("max_read=" + MountOptions.MAX_READ_BYTES);
        if (options.allowOther()) {
            list.add("allow_other");
        }
        return List.of(MountOptions.SUBTYPE, "-o", String.join(",", list));
    }

    /** The options of the session: none, what it needs it is told when the kernel introduces itself. */
    static List<String> forSession() {
        return List.of(MountOptions.SUBTYPE);
    }

    /** Calls a function with the address of a fuse_args that lives during the call. */
    static long with(LibFuse lib, List<String> arguments, LongUnaryOperator function) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(ValueLayout.ADDRESS, arguments.size() + 1L);
            for (int i = 0; i < arguments.size(); i++) {
                values.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(arguments.get(i)));
            }
            MemorySegment args = arena.allocate(Layout.ARGS_BYTES, 8);
            args.set(ValueLayout.JAVA_INT, Layout.ARGS_COUNT, arguments.size());
            args.set(ValueLayout.ADDRESS, Layout.ARGS_VALUES, values);
            try {
                return function.applyAsLong(args.address());
            } finally {
                // libfuse replaces argv by a copy of its own while it parses.
                lib.fuse_opt_free_args(args.address());
            }
        }
    }

    /** Commas separate options. */
    private static String escape(String value) {
        return value.replace("\\", "\\\\").replace(",", "\\,");
    }
}
