package io.tidepool.agent.catalog;

import io.tidepool.agent.catalog.CatalogEntry.Directory;
import io.tidepool.agent.catalog.CatalogEntry.File;
import io.tidepool.agent.catalog.DirectoryPage.Child;
import io.tidepool.agent.catalog.OriginAccess.Patience;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ObjectInfo;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.disk.LastKnown;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.origin.FailureLog;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What paths mean: {@code /} holds the mounts, {@code /NAME/…} is the objects of an origin under a prefix.
 *
 * <p>What an origin said, also that there is nothing, is taken for true for the attribute time, and asked for once
 * however many want to know. When an origin is away, what it last said is served instead, as far as it is known, and
 * the staleness is a metric. The root and the mounts themselves never touch the network. Thread-safe; callers may be
 * interrupted at any time.
 */
public final class Catalog {
    /** Paths and listed children that are kept at most: some tens of MB. */
    private static final long MAX_PATHS = 100_000;

    private static final int MAX_PAGE = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(Catalog.class);

    private final MountTable mounts;
    private final LastKnown lastKnown;
    private final KnownNames known;
    private final long attributeNanos;
    private final LongSupplier nanos;
    private final Metrics metrics;
    private final FailureLog failures;
    private final Executor executor = task -> Thread.ofVirtual().name("catalog").start(task);
    private final Map<String, OriginAccess> accesses = new HashMap<>();
    private final Answers<String, Lookup> lookups;
    private final Answers<PageKey, Page> pages;

    private record PageKey(String path, @Nullable String after, int limit) {}

    private record Page(DirectoryPage page, boolean exists, long keepNanos) implements Answers.Answer {}

    /**
     * @param mounts with different names
     * @param attributeTime how long an answer is taken for true; 1 s by promise
     * @param nanos {@link System#nanoTime} or a simulation's clock
     */
    public Catalog(
            List<Mounted> mounts, LastKnown lastKnown, Duration attributeTime, LongSupplier nanos, Metrics metrics) {
        this.mounts = new MountTable(mounts);
        this.lastKnown = lastKnown;
        this.known = new KnownNames(lastKnown);
        this.attributeNanos = attributeTime.toNanos();
        this.nanos = nanos;
        this.metrics = metrics;
        this.failures = new FailureLog(LOG, nanos);
        this.lookups = new Answers<>(MAX_PATHS, (path, lookup) -> 1, executor, nanos);
        this.pages =
                new Answers<>(MAX_PATHS, (key, page) -> 1 + page.page.children().size(), executor, nanos);
        for (Mounted mounted : mounts) {
            accesses.computeIfAbsent(mounted.origin().name(), name -> new OriginAccess(mounted.origin(), nanos));
        }
        metrics.gauge(
                Metric.ORIGIN_STALENESS_SECONDS,
                () -> accesses.values().stream()
                        .mapToDouble(OriginAccess::stalenessSeconds)
                        .max()
                        .orElse(0));
    }

    /**
     * What {@code path} means; null if nothing, or if its name is one that can't be shown.
     *
     * @throws ChunkException UNAVAILABLE, THROTTLED or DEADLINE if the origin can't be asked and nothing is known;
     *     ACCESS_DENIED
     */
    public @Nullable CatalogEntry lookup(String path) throws ChunkException, InterruptedException {
        if (path.equals("/")) {
            return new Directory(path);
        }
        Place place = path.startsWith("/") ? mounts.find(path) : null;
        if (place == null) {
            return null;
        }
        return place.isMount() ? new Directory(path) : answer(path, place).entry();
    }

    /**
     * What the file {@code path} is now, for opening it: not older than the attribute time, unless it is immutable or
     * the origin is away.
     *
     * @throws ChunkException also NOT_FOUND and IS_DIRECTORY
     */
    public File revalidate(String path) throws ChunkException, InterruptedException {
        CatalogEntry entry = lookup(path);
        Lookup kept = lookups.peek(path);
        if (entry instanceof File && kept != null && kept.source() == Lookup.Source.LISTING) {
            // Young enough, but without the CRC64 that the whole file is to be checked with.
            lookups.forget(path);
            entry = lookup(path);
        }
        return switch (entry) {
            case File file -> file;
            case Directory directory ->
                throw new ChunkException(Kind.IS_DIRECTORY, directory.path() + " is a directory");
            case null -> throw new ChunkException(Kind.NOT_FOUND, "there is no " + path);
        };
    }

    private Lookup answer(String path, Place place) throws ChunkException, InterruptedException {
        Lookup kept = lookups.peek(path);
        if (kept != null) {
            metrics.increment(Metric.CATALOG_LOOKUPS, "cached");
            return kept;
        }
        try {
            Lookup lookup = lookups.get(path, () -> ask(path, place));
            metrics.increment(Metric.CATALOG_LOOKUPS, lookup.source().label());
            return lookup;
        } catch (ChunkException e) {
            metrics.increment(Metric.CATALOG_LOOKUPS, "failed");
            throw e;
        }
    }

    private Lookup ask(String path, Place place) throws ChunkException, InterruptedException {
        boolean immutable = place.mounted().immutable();
        CatalogEntry fallback = known.find(path, place);
        if (immutable && fallback instanceof File) {
            return new Lookup(fallback, Lookup.Source.LAST_KNOWN, Long.MAX_VALUE);
        }
        OriginAccess access = access(place);
        try {
            Patience patience = patience(access, fallback != null);
            Finder.Found found = new Finder(access, patience, executor).find(place);
            if (found.directory()) {
                return new Lookup(new Directory(path), Lookup.Source.ORIGIN, attributeNanos);
            }
            ObjectInfo info = found.info();
            known.learn(place, info);
            return info == null
                    ? new Lookup(null, Lookup.Source.ORIGIN, attributeNanos)
                    : new Lookup(
                            new File(path, info, place.mounted()),
                            Lookup.Source.ORIGIN,
                            immutable ? Long.MAX_VALUE : attributeNanos);
        } catch (ChunkException e) {
            if (fallback == null || !isAway(e)) {
                throw e;
            }
            failures.report(e); // nobody else hears of it
            access.servedStale();
            return new Lookup(fallback, Lookup.Source.LAST_KNOWN, attributeNanos);
        }
    }

    /** Fails at once if there is something to fall back on and the origin was not there a moment ago. */
    private static Patience patience(OriginAccess access, boolean hasFallback) throws ChunkException {
        if (!access.isOut()) {
            return hasFallback ? Patience.SHORT : Patience.LONG;
        }
        if (hasFallback) {
            throw access.outFailure();
        }
        return Patience.ONE_TRY;
    }

    private static boolean isAway(ChunkException e) {
        return e.kind() == Kind.UNAVAILABLE || e.kind() == Kind.THROTTLED || e.kind() == Kind.DEADLINE;
    }

    private OriginAccess access(Place place) {
        return Objects.requireNonNull(accesses.get(place.origin()));
    }

    /**
     * A page of the directory {@code path}.
     *
     * @param after null to begin; else {@link DirectoryPage#next} of the page before
     * @param limit children at most, up to 1,000
     * @throws ChunkException also NOT_FOUND and NOT_DIRECTORY
     */
    public DirectoryPage list(String path, @Nullable String after, int limit)
            throws ChunkException, InterruptedException {
        if (path.equals("/")) {
            return root();
        }
        Place place = path.startsWith("/") ? mounts.find(path) : null;
        if (place == null) {
            throw new ChunkException(Kind.NOT_FOUND, "there is no directory " + path);
        }
        int bounded = Math.clamp(limit, 1, MAX_PAGE);
        Page page = pages.get(new PageKey(path, after, bounded), () -> askPage(place, after, bounded));
        if (!page.exists && after == null && !place.isMount()) {
            throw lookup(path) instanceof File
                    ? new ChunkException(Kind.NOT_DIRECTORY, path + " is a file")
                    : new ChunkException(Kind.NOT_FOUND, "there is no directory " + path);
        }
        return page.page;
    }

    private DirectoryPage root() {
        List<Child> children = mounts.all().stream()
                .map(m -> new Child(m.name(), new Directory("/" + m.name())))
                .toList();
        return new DirectoryPage(children, null);
    }

    private Page askPage(Place place, @Nullable String after, int limit) throws ChunkException, InterruptedException {
        OriginAccess access = access(place);
        DirectoryPage fallback = known.list(place, after, limit);
        long askedAt = nanos.getAsLong();
        try {
            Patience patience = patience(access, fallback != null);
            Listing.Result result = new Listing(access, patience, place, metrics).page(after, limit);
            for (Child child : result.page().children()) {
                lookups.offer(
                        child.entry().path(),
                        new Lookup(child.entry(), Lookup.Source.LISTING, attributeNanos),
                        askedAt);
            }
            return new Page(result.page(), result.exists(), attributeNanos);
        } catch (ChunkException e) {
            if (fallback == null || !isAway(e)) {
                throw e;
            }
            failures.report(e); // nobody else hears of it
            access.servedStale();
            return new Page(fallback, true, attributeNanos);
        }
    }

    /** The paths that the mounts give to a version's key, whether or not there is such an object now. Never asks. */
    public List<String> paths(ObjectVersion version) {
        return mounts.paths(version);
    }

    /** A reader learned that {@code version} is gone from the origin: forgets the answer that says otherwise. */
    public void observeStale(ObjectVersion version) {
        mounts.paths(version).forEach(lookups::forget);
        ObjectInfo info = lastKnown.get(version.origin(), version.key());
        if (info != null && info.version().equals(version)) {
            lastKnown.remove(version.origin(), version.key());
        }
    }
}
