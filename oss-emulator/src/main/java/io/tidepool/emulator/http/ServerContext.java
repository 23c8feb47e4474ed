package io.tidepool.emulator.http;

import io.tidepool.emulator.auth.Authenticator;
import io.tidepool.emulator.count.Counters;
import io.tidepool.emulator.fault.Faults;
import io.tidepool.emulator.shape.Shaper;
import io.tidepool.emulator.store.ObjectStore;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What all connections share; every part is thread-safe.
 *
 * @param authenticator null accepts every request unsigned
 */
public record ServerContext(
        ObjectStore store,
        String region,
        @Nullable Authenticator authenticator,
        Faults faults,
        Counters counters,
        Shaper shaper,
        InstantSource clock) {}
