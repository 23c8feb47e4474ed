package io.tidepool.bench.demo;

import io.tidepool.agent.cli.CommandFailure;
import io.tidepool.bench.lab.BucketModel;
import io.tidepool.bench.lab.ForkedAgent;
import io.tidepool.emulator.SafetensorsModel.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;

/** Loads the model as programs do that know nothing of Tidepool: through files of the mount. Not thread-safe. */
final class MountLoads {
    private static final int PIECE = 1 << 20;

    private final ForkedAgent agent;
    private final BucketModel model;

    MountLoads(ForkedAgent agent, BucketModel model) {
        this.agent = agent;
        this.model = model;
    }

    /** Reads each file from its first byte to its last, 1 MiB at a time. */
    void inOrder(LongConsumer read) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE);
        for (String key : model.keysInLoadingOrder()) {
            try (FileChannel file = FileChannel.open(agent.file(key), StandardOpenOption.READ)) {
                long offset = 0;
                for (int n = file.read(buffer.clear()); n >= 0; n = file.read(buffer.clear())) {
                    model.check(key, offset, buffer.flip());
                    offset += n;
                    read.accept(n);
                }
                model.checkSize(key, offset);
            }
        }
    }

    /** Maps every shard, as the safetensors library does, and reads tensor by tensor, in random order. */
    void tensorsInRandomOrder(LongConsumer read) throws IOException {
        Map<String, MemorySegment> shards = new HashMap<>();
        try (Arena arena = Arena.ofConfined()) {
            for (String key : model.shardKeys()) {
                try (FileChannel file = FileChannel.open(agent.file(key), StandardOpenOption.READ)) {
                    model.checkSize(key, file.size());
                    shards.put(key, file.map(FileChannel.MapMode.READ_ONLY, 0, file.size(), arena));
                }
            }
            for (Tensor tensor : model.tensorsInRandomOrder(1)) {
                MemorySegment shard = shards.get(tensor.key());
                if (shard != null) {
                    tensor(tensor, shard, read);
                }
            }
        } catch (InternalError e) {
            // How the JVM tells that a mapped page could not be read (SIGBUS).
            throw new CommandFailure("the mount could not deliver a page of a mapped file", e);
        }
    }

    private void tensor(Tensor tensor, MemorySegment shard, LongConsumer read) throws IOException {
        for (long done = 0; done < tensor.length(); done += PIECE) {
            long length = Math.min(PIECE, tensor.length() - done);
            long offset = tensor.offset() + done;
            model.check(tensor.key(), offset, shard.asSlice(offset, length).asByteBuffer());
            read.accept(length);
        }
    }
}
