package io.tidepool.bench.peer;

/**
 * One transfer of the whole object.
 *
 * @param way what transferred it
 * @param serverCpuSeconds user and system time of the process that sends
 * @param clientCpuSeconds of the one that receives, with all that it does: checksums, writing
 */
record PeerRun(String way, double seconds, long bytes, double serverCpuSeconds, double clientCpuSeconds) {
    double bytesPerSecond() {
        return bytes / seconds;
    }

    double serverCpuPerGb() {
        return serverCpuSeconds / bytes * 1e9;
    }

    double clientCpuPerGb() {
        return clientCpuSeconds / bytes * 1e9;
    }

    double cpuPerGb() {
        return serverCpuPerGb() + clientCpuPerGb();
    }

    /** How the fetching process says it. */
    String line() {
        return "run %s %d %s %s".formatted(seconds, bytes, serverCpuSeconds, clientCpuSeconds);
    }

    static PeerRun parse(String way, String line) {
        String[] words = line.split(" ", -1);
        return new PeerRun(
                way,
                Double.parseDouble(words[1]),
                Long.parseLong(words[2]),
                Double.parseDouble(words[3]),
                Double.parseDouble(words[4]));
    }
}
