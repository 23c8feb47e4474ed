package io.tidepool.fuse.jnr;

import java.lang.foreign.Arena;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answer to the kernel's first request, INIT, where both sides say what they can. libfuse2 writes it, but it knows no
 * flag that is younger than itself; one of them we can't do without:
 *
 * <p>PARALLEL_DIROPS lets the kernel look up several names of one directory at once. Without it a lookup that waits 30 s for
 * an origin that is away holds up every other name in that directory, also those that are cached.
 *
 * <p>So libfuse gets to write its answer into a pipe, the flag is added, and the bytes go to the kernel.
 *
 * <pre>
 * request | fuse_in_header  40: len 0, opcode 4, ... | fuse_init_in:  major 0, minor 4, max_readahead 8, flags 12, ... |
 * answer  | fuse_out_header 16: len 0, error 4, ...  | fuse_init_out: major 0, minor 4, max_readahead 8, flags 12, ... |
 * </pre>
 */
final class Introduction {
    private static final Logger log = LoggerFactory.getLogger(Introduction.class);
    private static final int OPCODE = 4;
    private static final int INIT = 26;
    private static final int OFFERED_FLAGS = 40 + 12;
    private static final int ERROR = 4;
    private static final int ANSWER_FLAGS = 16 + 12;
    private static final int ANSWER_MIN_BYTES = ANSWER_FLAGS + 4;
    private static final int ANSWER_MAX_BYTES = 256;
    private static final int PARALLEL_DIROPS = 1 << 18;

    private Introduction() {}

    /** Whether the request in a struct fuse_buf is the kernel's introduction. */
    static boolean isIn(long buffer) {
        return Memory.getInt(Memory.getLong(buffer + Layout.BUF_MEMORY) + OPCODE) == INIT;
    }

    /** Lets libfuse process the introduction, and answers it. */
    static void answer(LibFuse lib, long session, long buffer, long channel) {
        LibC libc = LibC.INSTANCE;
        int[] pipe = new int[2];
        if (libc.pipe(pipe) != 0) {
            log.warn("Cannot make a pipe: lookups in one directory will wait for one another");
            lib.fuse_session_process_buf(session, buffer, channel);
            return;
        }
        int offered = Memory.getInt(Memory.getLong(buffer + Layout.BUF_MEMORY) + OFFERED_FLAGS);
        long aside = lib.fuse_kern_chan_new(pipe[1]);
        lib.fuse_session_process_buf(session, buffer, aside);
        lib.fuse_chan_destroy(aside); // and with it the pipe's writing end
        try (Arena arena = Arena.ofConfined()) {
            long answer = arena.allocate(ANSWER_MAX_BYTES, 8).address();
            long bytes = libc.read(pipe[0], answer, ANSWER_MAX_BYTES);
            if (bytes >= ANSWER_MIN_BYTES && Memory.getInt(answer + ERROR) == 0) {
                int flags = Memory.getInt(answer + ANSWER_FLAGS);
                Memory.putInt(answer + ANSWER_FLAGS, flags | (offered & PARALLEL_DIROPS));
            }
            if (libc.write(lib.fuse_chan_fd(channel), answer, bytes) != bytes) {
                log.error("The kernel refuses the introduction of libfuse2; nothing can be read from this mount");
            }
        } finally {
            libc.close(pipe[0]);
        }
    }
}
