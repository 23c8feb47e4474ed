package io.tidepool.agent.metrics;

import java.util.List;

/**
 * Everything the agent counts, as one list: docs/METRICS.md is held against it by a test.
 *
 * <p>Base units (bytes, seconds), no label that grows with the number of objects, hosts' paths or keys.
 */
public enum Metric {
    READ_BYTES(
            Type.COUNTER, "tidepool_read_bytes", "Bytes handed to readers, by where they were found.", "edge", "tier"),
    READ_REQUESTS(Type.COUNTER, "tidepool_read_requests", "Read requests, by outcome.", "edge", "result"),
    READ_WAIT_SECONDS(Type.TIMER, "tidepool_read_wait", "Time that a read waited for bytes that were not there yet."),
    FILL_BYTES(Type.COUNTER, "tidepool_fill_bytes", "Bytes that landed, by source.", "tier"),
    FILLS(Type.COUNTER, "tidepool_fills", "Chunk fills that ended, by outcome.", "result"),
    FILL_SECONDS(Type.TIMER, "tidepool_fill", "Time from the start of a chunk's fill to its last byte."),
    FILLS_IN_FLIGHT(Type.GAUGE, "tidepool_fills_in_flight", "Chunks being filled now."),
    PEER_UPLOADS(
            Type.COUNTER,
            "tidepool_peer_uploads",
            "Answers to peers that asked for a chunk: `sent`; `busy`, no upload slot was free; `missing`, not here;"
                    + " `cut`, the fill that was relayed failed; `broken`, the peer went away or took nothing;"
                    + " `unreadable`, the cache file failed; `bad_request`; `unauthenticated`, refused for its"
                    + " certificate.",
            "result"),
    PEER_UPLOAD_BYTES(
            Type.COUNTER,
            "tidepool_peer_upload_bytes",
            "Bytes sent to peers, by where the answer began: `file` or `memory`.",
            "from"),
    PEER_UPLOADS_RUNNING(Type.GAUGE, "tidepool_peer_uploads_running", "Uploads to peers that run now."),
    ORIGIN_REQUESTS(Type.COUNTER, "tidepool_origin_requests", "Requests to the origin.", "operation", "result"),
    ORIGIN_BYTES(Type.COUNTER, "tidepool_origin_bytes", "Object bytes received from the origin, wasted ones included."),
    ORIGIN_RETRIES(
            Type.COUNTER, "tidepool_origin_retries", "Tries at the origin that failed and were repeated.", "reason"),
    ORIGIN_WAIT_SECONDS(
            Type.TIMER,
            "tidepool_origin_wait",
            "Time that requests waited before they were sent: for their `turn` among those allowed at a time, for the"
                    + " `budget` of the origin's limits, for the end of a throttling `pause`.",
            "reason"),
    ORIGIN_CONCURRENCY_LIMIT(
            Type.GAUGE,
            "tidepool_origin_concurrency_limit",
            "Chunks that an origin is asked for at a time, at most; it adapts.",
            "origin"),
    ORIGIN_PAUSES(
            Type.COUNTER,
            "tidepool_origin_pauses",
            "Times that an origin was left alone for throttling: it `asked` for that by a delay, or throttled"
                    + " `repeated`ly.",
            "reason"),
    ORIGIN_HEDGES(
            Type.COUNTER,
            "tidepool_origin_hedges",
            "Second requests because the first had stalled, by outcome: `won`, `lost`; or not sent for want of"
                    + " `no_budget` of hedges, or `not_now`, in a throttling pause or over the origin's limits.",
            "operation",
            "result"),
    ORIGIN_STUCK_CALLS(
            Type.GAUGE,
            "tidepool_origin_stuck_calls",
            "Calls to a directory that hang in the kernel, and that nobody waits for any more.",
            "origin"),
    ORIGIN_UP(
            Type.GAUGE,
            "tidepool_origin_up",
            "1 while an origin can be used; 0 while it is away or refuses us, and only what is cached is served.",
            "origin"),
    ORIGIN_STALENESS_SECONDS(
            Type.GAUGE,
            "tidepool_origin_staleness_seconds",
            "Age of the oldest answer that is served because the origin can't be asked; 0 when it can."),
    LANDING_BYTES(Type.GAUGE, "tidepool_landing_bytes", "Landing memory in use."),
    LANDING_LIMIT_BYTES(Type.GAUGE, "tidepool_landing_limit_bytes", "Landing memory that may be in use."),
    LANDING_WAIT_SECONDS(Type.TIMER, "tidepool_landing_wait", "Time that fills waited for landing memory.", "priority"),
    CACHE_BYTES(Type.GAUGE, "tidepool_cache_bytes", "Chunk bytes in the cache directory."),
    CACHE_LIMIT_BYTES(Type.GAUGE, "tidepool_cache_limit_bytes", "Capacity of the cache directory."),
    CACHE_ROOM_BYTES(
            Type.GAUGE,
            "tidepool_cache_room_bytes",
            "What the cache's disk has room for: the capacity, or less; eviction goes by it."),
    CACHE_CHUNKS(Type.GAUGE, "tidepool_cache_chunks", "Chunks in the cache directory."),
    CACHE_EVICTED_BYTES(Type.COUNTER, "tidepool_cache_evicted_bytes", "Chunk bytes freed, by reason.", "reason"),
    CACHE_STORE_FAILURES(
            Type.COUNTER,
            "tidepool_cache_store_failures",
            "Chunks that could not be kept on disk, by reason.",
            "reason"),
    CACHE_READ_FAILURES(
            Type.COUNTER,
            "tidepool_cache_read_failures",
            "Cached chunks that could not be read back, by reason.",
            "reason"),
    CACHE_BYPASSED(
            Type.GAUGE, "tidepool_cache_bypassed", "1 while a failing disk isn't used to store or read chunks.", "use"),
    CACHE_BYPASS_CHANGES(
            Type.COUNTER, "tidepool_cache_bypass_changes", "How often that began and ended, by which.", "use", "to"),
    CACHE_BYPASSED_BYTES(
            Type.COUNTER,
            "tidepool_cache_bypassed_bytes",
            "Bytes of chunks that were not stored, or not looked for on disk, because it fails.",
            "use"),
    CACHE_INDEX_MEMORY_BYTES(Type.GAUGE, "tidepool_cache_index_memory_bytes", "Native memory that the index uses."),
    CHUNKS_CORRUPT(Type.COUNTER, "tidepool_chunks_corrupt", "Chunks whose checksum was wrong, by where.", "tier"),
    OBJECTS_MISMATCHED(
            Type.COUNTER,
            "tidepool_objects_mismatched",
            "Times that an object's bytes were not those of its whole checksum; fetched anew, or quarantined."),
    OBJECTS_QUARANTINED(
            Type.COUNTER, "tidepool_objects_quarantined", "Object versions whose whole checksum was wrong twice."),
    PEER_FETCHES(
            Type.COUNTER,
            "tidepool_peer_fetches",
            "Fetches of a chunk from another host, by outcome. Each that isn't `done` is followed by another try.",
            "result"),
    PEER_FALLBACKS(
            Type.COUNTER,
            "tidepool_peer_fallbacks",
            "Chunks fetched from the origin without a tracker's lease, by reason.",
            "reason"),
    PEERS_EJECTED(
            Type.COUNTER,
            "tidepool_peers_ejected",
            "Hosts that this one takes nothing from for a while because they sent wrong bytes."),
    TRACKER_ASK_SECONDS(
            Type.TIMER, "tidepool_tracker_ask", "Time from an ask where to fetch a chunk from to the answer."),
    TRACKER_MESSAGES(Type.COUNTER, "tidepool_tracker_messages", "Messages to trackers and from them.", "direction"),
    TRACKERS_AVOIDED(
            Type.COUNTER,
            "tidepool_trackers_avoided",
            "Times that a tracker was silent or its connection broke, and the next in rank was turned to."),
    TRACKER_DECISIONS(
            Type.COUNTER,
            "tidepool_tracker_decisions",
            "What this host's tracker decided about other hosts' fetches.",
            "decision"),
    TRACKER_STRETCHES(
            Type.GAUGE,
            "tidepool_tracker_stretches",
            "Stretches of 64 chunks that this host's tracker knows something of."),
    CATALOG_LOOKUPS(Type.COUNTER, "tidepool_catalog_lookups", "Lookups of names, by how they were answered.", "result"),
    NAMES_HIDDEN(Type.COUNTER, "tidepool_names_hidden", "Keys not shown because they can't be file names.", "reason"),
    READ_AHEAD_CHUNKS(Type.COUNTER, "tidepool_read_ahead_chunks", "Chunks asked for before a reader did.", "mode"),
    STREAMS(Type.COUNTER, "tidepool_streams", "Whole-model streams, by what became of them.", "result"),
    LOADS(Type.COUNTER, "tidepool_loads", "Model loads that ended in a report."),
    CELL_HOSTS(Type.GAUGE, "tidepool_cell_hosts", "Hosts of the cell that are alive, this one included."),
    CELL_CHANGES(
            Type.COUNTER,
            "tidepool_cell_changes",
            "What happened to the cell: a host `joined` or `left`, in whatever way, or its parts `merged` again.",
            "kind"),
    OPEN_FILES(Type.GAUGE, "tidepool_open_files", "Open handles.", "edge");

    /** How a metric behaves in time. */
    public enum Type {
        COUNTER,
        GAUGE,
        /** A count, a sum and a maximum, in seconds. */
        TIMER
    }

    private final Type type;
    private final String prometheusName;
    private final String help;

    @SuppressWarnings("ImmutableEnumChecker") // List.of: unmodifiable
    private final List<String> labels;

    Metric(Type type, String prometheusName, String help, String... labels) {
        this.type = type;
        this.prometheusName = prometheusName;
        this.help = help;
        this.labels = List.of(labels);
    }

    public Type type() {
        return type;
    }

    /** The base name; Prometheus adds {@code _total} to counters and {@code _seconds_…} to timers. */
    public String prometheusName() {
        return prometheusName;
    }

    public String help() {
        return help;
    }

    public List<String> labels() {
        return labels;
    }
}
