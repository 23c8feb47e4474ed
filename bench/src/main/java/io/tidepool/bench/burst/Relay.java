package io.tidepool.bench.burst;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Sends on to one other host what a host reads, block by block as it comes. When that one is slow, up to {@link #BLOCKS}
 * blocks wait, then the reader does.
 */
final class Relay implements AutoCloseable {
    private static final int BLOCKS = 64;
    /** No block of a file is empty. */
    private static final ByteBuffer END = ByteBuffer.allocate(0);

    private final ServerSocketChannel server = ServerSocketChannel.open();
    private final BlockingQueue<ByteBuffer> blocks = new ArrayBlockingQueue<>(BLOCKS);
    private final Thread sender = new Thread(this::send, "relay");

    Relay(InetSocketAddress address) throws IOException {
        server.bind(address);
        sender.setDaemon(true); // nobody waits for one whose reader failed
        sender.start();
    }

    private void send() {
        try (SocketChannel next = server.accept()) {
            for (ByteBuffer block = blocks.take(); block.hasRemaining(); block = blocks.take()) {
                while (block.hasRemaining()) {
                    next.write(block);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The block is the relay's from now on. */
    void pass(ByteBuffer block) throws InterruptedException {
        blocks.put(block);
    }

    /** Returns when all is sent. */
    void finish() throws InterruptedException {
        blocks.put(END);
        sender.join();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
