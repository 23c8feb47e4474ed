package io.tidepool.agent.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidepool.agent.catalog.CatalogEntry.Directory;
import io.tidepool.agent.catalog.CatalogEntry.File;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.fault.FaultRule;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is known while the origin is away (promise R6). */
@Timeout(120)
class CatalogOfflineTest {
    @TempDir
    Path dir;

    private CatalogFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new CatalogFixture(dir);
        for (String key : new String[] {"d/a", "d/a/x", "d/b", "d/c/1", "d/c/2", "d/c-x", "other"}) {
            fixture.put(key);
        }
        for (String path : new String[] {"/all/d/a/x", "/all/d/b", "/all/d/c/1", "/all/d/c/2", "/all/d/c-x"}) {
            fixture.catalog.revalidate(path);
        }
        fixture.passASecond();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void whatWasOpenedIsStillThereWhenTheOriginIsNot() throws Exception {
        File before = fixture.catalog.revalidate("/all/d/b");
        fixture.passASecond();
        fixture.emulator.switchOff();
        assertKnown(before);
        assertThat(fixture.metrics.count(Metric.CATALOG_LOOKUPS, "last_known")).isPositive();
    }

    @Test
    void andAfterARestartOfTheAgentToo() throws Exception {
        File before = fixture.catalog.revalidate("/all/d/b");
        fixture.emulator.switchOff();
        fixture.restartAgent();
        assertKnown(before);
    }

    private void assertKnown(File before) throws Exception {
        assertThat(fixture.catalog.revalidate("/all/d/b")).isEqualTo(before);
        assertThat(before.info().crc64()).isPresent();
        assertThat(fixture.catalog.lookup("/all/d/a")).isInstanceOf(Directory.class);
        assertThat(fixture.catalog.lookup("/all/d")).isInstanceOf(Directory.class);
        for (int limit = 1; limit < 6; limit++) {
            assertThat(fixture.names("/all/d", limit)).containsExactly("a/", "b", "c-x", "c/");
        }
        assertThat(fixture.names("/all/d/c", 10)).containsExactly("1", "2");
    }

    @Test
    void whatIsNotKnownIsUnavailableAndNotMissing() throws Exception {
        fixture.emulator.switchOff();
        assertThat(failure("/all/other").kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failure("/all/d/nothing").kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(catchThrowableOfType(ChunkException.class, () -> fixture.catalog.list("/all/unknown", null, 10))
                        .kind())
                .isEqualTo(Kind.UNAVAILABLE);
    }

    @Test
    void stalenessIsAMetricAndEndsWithTheOutage() throws Exception {
        assertThat(fixture.gauge(Metric.ORIGIN_STALENESS_SECONDS)).isZero();
        fixture.emulator.switchOff();
        fixture.pass(Duration.ofSeconds(20));
        fixture.catalog.lookup("/all/d/b");
        assertThat(fixture.gauge(Metric.ORIGIN_STALENESS_SECONDS)).isBetween(20.0, 25.0);
        fixture.emulator.switchOn();
        fixture.pass(Duration.ofSeconds(2));
        fixture.catalog.lookup("/all/d/b");
        assertThat(fixture.gauge(Metric.ORIGIN_STALENESS_SECONDS)).isZero();
    }

    @Test
    void aHangingOriginHoldsUpOneAndNotEachOfThem() throws Exception {
        fixture.emulator.faults().add(FaultRule.on("*", Fault.stallForever(0)).method("LIST"));
        fixture.emulator
                .faults()
                .add(FaultRule.on("*", Fault.latency(Duration.ofMinutes(1))).method("HEAD"));
        long start = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            assertThat(fixture.catalog.lookup("/all/d/b")).isInstanceOf(File.class);
            assertThat(fixture.catalog.lookup("/all/d/c-x")).isInstanceOf(File.class);
            assertThat(fixture.catalog.lookup("/all/d")).isInstanceOf(Directory.class);
        }
        assertThat(CatalogFixture.since(start)).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(6));
    }

    @Test
    void anOriginThatThrottlesIsAway() throws Exception {
        fixture.emulator
                .faults()
                .add(FaultRule.on("*", Fault.status(503, "TotalQpsLimitExceeded"))
                        .method("HEAD"));
        assertThat(fixture.catalog.lookup("/all/d/b")).isInstanceOf(File.class);
        assertThat(fixture.metrics.count(Metric.CATALOG_LOOKUPS, "last_known")).isEqualTo(1);
    }

    @Test
    void aKeyThatFailsAloneMakesNoOtherOneStale() throws Exception {
        fixture.emulator
                .faults()
                .add(FaultRule.on("d/b", Fault.status(500, "InternalError")).method("HEAD"));
        fixture.emulator.bucket().nextVersion("d/c-x");
        File before = (File) fixture.catalog.lookup("/all/d/b");
        assertThat(before).isNotNull();
        assertThat(fixture.catalog.revalidate("/all/d/c-x").info().version())
                .isEqualTo(fixture.origin.head("d/c-x").version());
    }

    @Test
    void whatTheOriginSaidIsGoneIsNotRememberedLater() throws Exception {
        fixture.emulator.bucket().delete("d/b");
        assertThat(fixture.catalog.lookup("/all/d/b")).isNull();
        fixture.passASecond();
        fixture.emulator.switchOff();
        assertThat(failure("/all/d/b").kind()).isEqualTo(Kind.UNAVAILABLE);
    }

    private ChunkException failure(String path) {
        ChunkException e = catchThrowableOfType(ChunkException.class, () -> fixture.catalog.lookup(path));
        assertThat(e).as("a failure").isNotNull();
        return e;
    }
}
