package io.tidepool.agent.catalog;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Weigher;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers that stay good for a while, each asked for once however many wait for it.
 *
 * <p>An answer's age counts from when the question was put, not from when it came: it may be older than its arrival. A
 * failure goes to everyone who waited for it and is not kept. A waiter who is interrupted leaves; the question goes on
 * for the others. Thread-safe.
 */
final class Answers<K, V extends Answers.Answer> {
    private final AsyncCache<K, Held<V>> cache;
    private final Executor executor;
    private final LongSupplier nanos;

    /** Something that may be kept for a time. */
    interface Answer {
        /** Nanoseconds; {@link Long#MAX_VALUE} for ever. */
        long keepNanos();
    }

    /** Puts the question; runs on a thread of its own. */
    interface Question<V> {
        V ask() throws ChunkException, InterruptedException;
    }

    /** Either a value or a failure. */
    private record Held<V extends Answer>(
            @Nullable V value, @Nullable ChunkException failure, long askedAtNanos) {}

    Answers(long maximumWeight, Weigher<K, V> weigher, Executor executor, LongSupplier nanos) {
        this.executor = executor;
        this.nanos = nanos;
        this.cache = Caffeine.newBuilder()
                .executor(executor)
                .ticker(nanos::getAsLong)
                .maximumWeight(maximumWeight)
                .weigher((K key, Held<V> held) -> held.value == null ? 1 : weigher.weigh(key, held.value))
                .expireAfter(Expiry.creating((K key, Held<V> held) -> Duration.ofNanos(keepNanos(held))))
                .buildAsync();
    }

    private long keepNanos(Held<V> held) {
        if (held.value == null) {
            return 0;
        }
        long keep = held.value.keepNanos();
        return keep == Long.MAX_VALUE ? keep : Math.max(0, held.askedAtNanos + keep - nanos.getAsLong());
    }

    /** The answer that is kept, or the one that {@code question} gets. */
    V get(K key, Question<V> question) throws ChunkException, InterruptedException {
        CompletableFuture<Held<V>> future = cache.get(key, (k, _) -> ask(question));
        try {
            Held<V> held = future.get();
            if (held.value != null) {
                return held.value;
            }
            throw held.failure == null ? new ChunkException(Kind.INTERNAL, "no answer") : held.failure.copy();
        } catch (ExecutionException e) {
            throw new ChunkException(Kind.INTERNAL, "a look-up failed: " + e.getCause(), e);
        }
    }

    private CompletableFuture<Held<V>> ask(Question<V> question) {
        CompletableFuture<Held<V>> future = new CompletableFuture<>();
        long askedAt = nanos.getAsLong();
        executor.execute(() -> {
            try {
                future.complete(new Held<>(question.ask(), null, askedAt));
            } catch (ChunkException e) {
                future.complete(new Held<>(null, e, askedAt));
            } catch (InterruptedException e) {
                future.complete(new Held<>(null, new ChunkException(Kind.INTERRUPTED, "shut down", e), askedAt));
            } catch (RuntimeException | Error e) {
                future.completeExceptionally(e);
                throw e;
            }
        });
        return future;
    }

    /** The answer that is kept; null if there is none, or only a question. */
    @Nullable
    V peek(K key) {
        CompletableFuture<Held<V>> future = cache.getIfPresent(key);
        if (future == null || !future.isDone() || future.isCompletedExceptionally()) {
            return null;
        }
        return future.join().value;
    }

    /** Keeps an answer that came along with another, unless there is one or it is being asked for. */
    void offer(K key, V value, long askedAtNanos) {
        cache.asMap().putIfAbsent(key, CompletableFuture.completedFuture(new Held<>(value, null, askedAtNanos)));
    }

    /** Forgets what is known; a question under way is answered to those who wait, and not kept. */
    void forget(K key) {
        cache.asMap().remove(key);
    }
}
