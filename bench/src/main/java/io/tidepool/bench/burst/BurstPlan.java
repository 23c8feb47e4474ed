package io.tidepool.bench.burst;

import java.time.Duration;

/**
 * What a burst is to be.
 *
 * @param nicBits bits a second of each host's link
 * @param ossBits of the bucket's
 * @param nasBits of the file server's
 * @param sizeBytes of the model
 * @param shards of the model
 * @param latency to the first byte of each of the bucket's answers
 * @param stagger between the starts of two hosts; zero: all start at once
 * @param warmupBytes of a model that is loaded first, unmeasured and unshaped; 0: none
 * @param rehearsals so many bursts of another model as large as the one that counts come before, unmeasured
 * @param tls whether agents talk to each other over mutual TLS
 * @param victim the number of the host that a fault befalls, from 1; 0: the one in the middle
 */
record BurstPlan(
        long nicBits,
        long ossBits,
        long nasBits,
        long sizeBytes,
        int shards,
        Duration latency,
        Duration stagger,
        long warmupBytes,
        int rehearsals,
        boolean tls,
        int victim) {
    /** No way to load can be faster: all of it must leave the bucket once, and reach each host. */
    double boundSeconds() {
        return 8.0 * sizeBytes / Math.min(nicBits, ossBits);
    }

    /** The index of the host, of so many, that a fault befalls, but for faults that look for one. */
    int victimOf(int hosts) {
        return victim == 0 ? hosts / 2 : victim - 1;
    }
}
