package io.tidepool.agent.origin;

/**
 * What this process may ask of one origin.
 *
 * @param concurrency chunks asked for at once, at most
 * @param bytesPerSecond asked for, at most; 0 for any number
 * @param requestsPerSecond at most; 0 for any number
 * @param hedges share of requests that may be sent again because they have stalled, from 0 to 1
 */
public record OriginLimits(int concurrency, long bytesPerSecond, int requestsPerSecond, double hedges) {
    /** So many chunks at once and nothing more, as suits a directory: no second request is quicker there. */
    public static OriginLimits of(int concurrency) {
        return new OriginLimits(concurrency, 0, 0, 0);
    }
}
