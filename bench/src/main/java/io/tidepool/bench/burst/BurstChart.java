package io.tidepool.bench.burst;

import io.tidepool.bench.lab.ChartFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Load time against the number of hosts, a line for each mode, in a band from the fastest host to the slowest. */
final class BurstChart {
    private BurstChart() {}

    /** A line for each mode, and one for the bound of all. */
    static String draw(Path prefix, List<BurstRun> runs) throws IOException {
        SpreadChart chart = new SpreadChart("Load time of one model", "hosts that load at once", "seconds");
        add(
                chart,
                runs,
                run -> Mode.valueOf(run.mode().toUpperCase(Locale.ROOT)).title());
        runs.forEach(run -> chart.bound(run.hosts(), run.boundSeconds()));
        return ChartFile.write(prefix, chart.draw());
    }

    /** A line for each store. */
    static String drawStores(Path prefix, List<BurstRun> runs) throws IOException {
        SpreadChart chart = new SpreadChart("One file of 22.2 GB, scaled", "hosts that load at once", "seconds");
        add(chart, runs, BurstRun::scenario);
        return ChartFile.write(prefix, chart.draw());
    }

    private static void add(SpreadChart chart, List<BurstRun> runs, Function<BurstRun, String> line) {
        for (BurstRun run : runs) {
            chart.add(line.apply(run), run.hosts(), run.meanSeconds(), run.fastestSeconds(), run.slowestSeconds());
        }
    }
}
