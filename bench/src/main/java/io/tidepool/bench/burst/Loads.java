package io.tidepool.bench.burst;

import java.util.ArrayList;
import java.util.List;

/** Loaders that run at a time; each is ended when its time is over. Used by one thread. */
final class Loads implements AutoCloseable {
    private final long patienceNanos;
    private final List<Loader> all = new ArrayList<>();
    private int started;

    Loads(double patienceSeconds) {
        this.patienceNanos = (long) (patienceSeconds * 1e9);
    }

    void add(Loader loader) {
        all.add(loader);
    }

    /** Waits until all could read at once. */
    void awaitReady() throws InterruptedException {
        for (Loader loader : all) {
            loader.awaitReady();
        }
    }

    /** Lets those that have not started yet read: all at once when the last of them is ready, or one after another. */
    void start(long staggerNanos) throws InterruptedException {
        awaitReady();
        long start = System.nanoTime();
        for (int i = 0; started < all.size(); i++) {
            Thread.sleep(Math.max(0, (start + i * staggerNanos - System.nanoTime()) / 1_000_000));
            all.get(started++).go();
        }
    }

    void awaitFirst() throws InterruptedException {
        while (all.stream().noneMatch(Loader::hasEnded)) {
            Thread.sleep(10);
        }
    }

    List<HostLoad> await() throws InterruptedException {
        long deadline = System.nanoTime() + patienceNanos;
        List<HostLoad> loads = new ArrayList<>();
        for (Loader loader : all) {
            while (!loader.hasEnded() && System.nanoTime() < deadline) {
                Thread.sleep(10);
            }
            loader.close();
            loads.add(loader.await());
        }
        return loads;
    }

    @Override
    public void close() {
        all.forEach(Loader::close);
    }
}
