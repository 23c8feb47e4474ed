package io.tidepool.bench.burst;

/** Where a model is loaded from in the published comparison; bandwidths are its MB/s. */
enum Store {
    /** One file server for all. */
    NAS("NAS", Mode.NAS, 0, 600, 0),
    /** The bucket, mounted: a steady rate on each host, and each read that is not the next one is a request of its own. */
    BUCKET_MOUNT("bucket mount", Mode.NAS, 600, 0, 20),
    /** A cache in front of the bucket. */
    ACCELERATOR("accelerator", Mode.NAS, 0, 24_000, 0),
    /** Agents, on the same bucket. */
    TIDEPOOL("Tidepool on the bucket", Mode.TIDEPOOL, 0, 0, 20);

    /** What the bucket sends for each host that reads it. */
    private static final long BUCKET = 600;

    /** What a host's link carries: a sixteenth of the accelerator, so that sixteen hosts can use it up. */
    private static final long HOST = 1500;

    private final String title;
    private final Mode mode;
    private final long perHost;
    private final long total;
    private final int latencyMillis;

    Store(String title, Mode mode, long perHost, long total, int latencyMillis) {
        this.title = title;
        this.mode = mode;
        this.perHost = perHost;
        this.total = total;
        this.latencyMillis = latencyMillis;
    }

    String title() {
        return title;
    }

    Mode mode() {
        return mode;
    }

    /** Of each host's link, in MB/s. */
    long hostRate() {
        return perHost == 0 ? HOST : perHost;
    }

    /** Of the link to the store, in MB/s. */
    long totalRate(int hosts) {
        return total == 0 ? hosts * BUCKET : total;
    }

    int latencyMillis() {
        return latencyMillis;
    }
}
