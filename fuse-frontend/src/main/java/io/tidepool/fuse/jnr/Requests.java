package io.tidepool.fuse.jnr;

import io.tidepool.fuse.Entry;
import io.tidepool.fuse.Errno;
import io.tidepool.fuse.FileSystem;
import io.tidepool.fuse.Opened;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * All requests but reads: each takes what it needs out of libfuse's structs (they are gone when the callback returns) and
 * goes on in a virtual thread, because names and attributes may have to come over the network. Only forget is done at once.
 */
final class Requests {
    private static final int ACCESS_MODE = 3;
    private static final String USER = "user.";

    private final FileSystem fileSystem;
    private final LibFuse lib;
    private final WaitingRequests waiting;

    Requests(FileSystem fileSystem, LibFuse lib, WaitingRequests waiting) {
        this.fileSystem = fileSystem;
        this.lib = lib;
        this.waiting = waiting;
    }

    void lookup(long request, long parent, long nameAddress) {
        String name = Memory.getUtf8(nameAddress);
        if (name == null) {
            refuse(request, Errno.ENOENT);
            return;
        }
        waiting.start(request, reply -> {
            Entry entry = fileSystem.lookup(parent, name);
            if (!reply.entry(entry) && entry.ino() != 0) {
                fileSystem.forget(entry.ino(), 1);
            }
        });
    }

    void forget(long request, long ino, long lookups) {
        WaitingRequests.run(new Reply(lib, request), reply -> {
            reply.none();
            fileSystem.forget(ino, lookups);
        });
    }

    void forgetMany(long request, long count, long address) {
        WaitingRequests.run(new Reply(lib, request), reply -> {
            for (long at = address; at < address + count * Layout.FORGET_BYTES; at += Layout.FORGET_BYTES) {
                fileSystem.forget(Memory.getLong(at), Memory.getLong(at + Layout.FORGET_LOOKUPS));
            }
            reply.none();
        });
    }

    void getattr(long request, long ino, long fileInfo) {
        waiting.start(request, reply -> reply.attributes(ino, fileSystem.getattr(ino)));
    }

    void open(long request, long ino, long fileInfo) {
        int flags = Memory.getInt(fileInfo + Layout.FILE_INFO_FLAGS);
        if ((flags & ACCESS_MODE) != 0) {
            refuse(request, Errno.EROFS);
            return;
        }
        waiting.start(request, reply -> {
            Opened opened = fileSystem.open(ino, flags);
            if (!reply.opened(opened)) {
                fileSystem.release(opened.handle());
            }
        });
    }

    void release(long request, long ino, long fileInfo) {
        long handle = Memory.getLong(fileInfo + Layout.FILE_INFO_HANDLE);
        waiting.start(request, reply -> {
            fileSystem.release(handle);
            reply.done();
        });
    }

    void opendir(long request, long ino, long fileInfo) {
        waiting.start(request, reply -> {
            long handle = fileSystem.opendir(ino);
            if (!reply.opened(new Opened(handle, false))) {
                fileSystem.releasedir(handle);
            }
        });
    }

    void readdir(long request, long ino, long size, long offset, long fileInfo) {
        long handle = Memory.getLong(fileInfo + Layout.FILE_INFO_HANDLE);
        waiting.start(request, reply -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment memory = arena.allocate(size, 8);
                DirectoryAnswer answer = new DirectoryAnswer(memory);
                long cookie = answer.begin(ino, offset);
                if (cookie >= 0) {
                    fileSystem.readdir(handle, cookie, answer);
                }
                reply.bytes(memory.address(), answer.bytes());
            }
        });
    }

    void releasedir(long request, long ino, long fileInfo) {
        long handle = Memory.getLong(fileInfo + Layout.FILE_INFO_HANDLE);
        waiting.start(request, reply -> {
            fileSystem.releasedir(handle);
            reply.done();
        });
    }

    void statfs(long request, long ino) {
        waiting.start(request, reply -> reply.stats(fileSystem.statfs()));
    }

    void getxattr(long request, long ino, long nameAddress, long size) {
        String name = Memory.getUtf8(nameAddress);
        if (name == null || !name.startsWith(USER)) {
            refuse(request, Errno.ENODATA);
            return;
        }
        waiting.start(request, reply -> reply.attributeBytes(fileSystem.getxattr(ino, name), size));
    }

    void listxattr(long request, long ino, long size) {
        waiting.start(request, reply -> {
            ByteArrayOutputStream names = new ByteArrayOutputStream();
            for (String name : fileSystem.listxattr(ino)) {
                names.writeBytes(name.getBytes(StandardCharsets.UTF_8));
                names.write(0);
            }
            reply.attributeBytes(names.toByteArray(), size);
        });
    }

    /** The answer to everything that would change something. */
    void readOnly(long request) {
        refuse(request, Errno.EROFS);
    }

    private void refuse(long request, Errno errno) {
        WaitingRequests.run(new Reply(lib, request), reply -> reply.error(errno));
    }
}
