package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.disk.LargeCache;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/**
 * An agent is ready soon, from the start of its process, with 100,000 chunks in its index and however it ended before.
 *
 * <p>Its figures go to standard output. For those of docs/BENCHMARKS.md: {@code -Dtidepool.starts=5}, and {@code
 * -Dtidepool.built=true} for what the launcher runs, with its AOT cache.
 */
final class StartTest extends EndToEndTest {
    private static final int STARTS = Integer.getInteger("tidepool.starts", 1);
    private static final boolean BUILT = Boolean.getBoolean("tidepool.built");
    /** More than twice what it took with jars' classes on a machine with a load of 15. Time depends on other tests. */
    private static final double MOST_CPU_SECONDS = 12;

    private interface Stop {
        void stop(Agent agent) throws Exception;
    }

    private record Figures(double seconds, double cpuSeconds) {}

    @Test
    void withAnEmptyCache() throws Exception {
        List<Figures> figures = new ArrayList<>();
        for (int i = 0; i < STARTS; i++) {
            figures.add(start(new AgentSetup(directory(i)).bucket(emulator), 0, Agent::stop));
        }
        report("empty cache", figures);
    }

    @Test
    void with100000ChunksAfterASigterm() throws Exception {
        report("100,000 chunks, after SIGTERM", startAgainAfter(Agent::stop));
    }

    @Test
    void with100000ChunksAfterASigkill() throws Exception {
        report("100,000 chunks, after SIGKILL", startAgainAfter(Agent::kill));
        start(large(), LargeCache.CHUNKS, Agent::stop); // which takes the dead agent's mount down
    }

    private Path directory(int number) throws Exception {
        return Files.createDirectory(directory.resolve("" + number));
    }

    private AgentSetup large() throws Exception {
        return setup().capacity("1TiB");
    }

    private List<Figures> startAgainAfter(Stop stop) throws Exception {
        LargeCache.make(directory.resolve("cache"));
        AgentSetup setup = large();
        start(setup, LargeCache.CHUNKS, stop);
        List<Figures> figures = new ArrayList<>();
        for (int i = 0; i < STARTS; i++) {
            figures.add(start(setup, LargeCache.CHUNKS, stop));
        }
        return figures;
    }

    private Figures start(AgentSetup setup, int chunks, Stop stop) throws Exception {
        long before = System.nanoTime();
        Agent agent = ended(BUILT ? Agent.built(setup) : Agent.launch(setup, ""));
        double seconds = (System.nanoTime() - before) / 1e9;
        double cpuSeconds = ProcessHandle.of(agent.pid())
                        .orElseThrow()
                        .info()
                        .totalCpuDuration()
                        .orElseThrow()
                        .toMillis()
                / 1e3;
        assertThat(agent.metric("tidepool_cache_chunks", "")).isEqualTo(chunks);
        stop.stop(agent);
        return new Figures(seconds, cpuSeconds);
    }

    private static void report(String cache, List<Figures> figures) {
        System.out.printf(
                "%s: ready after %.2f s, %.2f s of CPU (medians of %d)%n",
                cache, median(figures, Figures::seconds), median(figures, Figures::cpuSeconds), figures.size());
        assertThat(figures).allSatisfy(f -> assertThat(f.cpuSeconds()).isLessThan(MOST_CPU_SECONDS));
    }

    private static double median(List<Figures> figures, ToDoubleFunction<Figures> which) {
        return figures.stream().mapToDouble(which).sorted().toArray()[figures.size() / 2];
    }
}
