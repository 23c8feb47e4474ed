package io.tidepool.bench.lab;

import java.util.List;

/**
 * Where a process runs: on this machine as it is, or on a host of a {@link Network}. Files are the same everywhere.
 *
 * @param name short, and a file name
 * @param address that other places reach it by
 * @param enter what goes before a command that is to run there
 */
public record Place(String name, String address, List<String> enter) {
    /** This machine as it is. */
    public static final Place HERE = new Place("here", "127.0.0.1", List.of());
}
