package io.tidepool.bench.demo;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.bench.lab.BucketModel;
import io.tidepool.bench.lab.ForkedAgent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;

/** Loads the model through the read API, as a loader does that has a client of it. Not thread-safe. */
final class GrpcLoads {
    private final ForkedAgent agent;
    private final BucketModel model;

    GrpcLoads(ForkedAgent agent, BucketModel model) {
        this.agent = agent;
        this.model = model;
    }

    /** Reads each file from its first byte to its last. */
    void inOrder(LongConsumer read) throws IOException, ClientException {
        for (String key : model.keysInLoadingOrder()) {
            Judge judge = new Judge(key, read);
            agent.client().read(agent.path(key), 0, 0, judge);
            model.checkSize(key, judge.offset);
        }
    }

    /** Compares whatever is written to it. */
    private final class Judge extends OutputStream {
        private final String key;
        private final LongConsumer read;
        private long offset;

        Judge(String key, LongConsumer read) {
            this.key = key;
            this.read = read;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            model.check(key, offset, ByteBuffer.wrap(bytes, from, length));
            offset += length;
            read.accept(length);
        }
    }
}
