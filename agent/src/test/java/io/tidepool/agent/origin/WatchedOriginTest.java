package io.tidepool.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.disk.LogLines;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.emulator.EmulatorOptions;
import io.tidepool.emulator.fault.ActiveFault;
import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.fault.FaultRule;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whether an origin can be used is known from its start on, changes with it, and is not a matter of one object. */
@Timeout(60)
class WatchedOriginTest {
    private final Metrics metrics = new Metrics();
    private final OssFixture fixture = new OssFixture();
    private WatchedOrigin origin;

    WatchedOriginTest() throws Exception {}

    @AfterEach
    void close() throws Exception {
        origin.close();
        fixture.close();
    }

    @Test
    void refusalIsKnownFromTheStartOnWithWhatToDo() throws Exception {
        watch(OssCredentials.fixed(EmulatorOptions.DEFAULT_KEY.id(), "wrong", null), "none/");
        eventually(() -> origin.trouble().isPresent());
        assertThat(origin.trouble().orElseThrow())
                .contains("403 SignatureDoesNotMatch")
                .contains("check the access key's secret");
        assertThat(gauge()).isEqualTo("0.0");
    }

    @Test
    void anOutageIsKnownByItsFirstVictimAndEndsByItself() throws Exception {
        watch(OssFixture.key(), "");
        eventually(() -> fixture.emulator.count("").requests("LIST") == 1);
        assertThat(gauge()).isEqualTo("1.0");
        fixture.emulator.switchOff();
        assertThatThrownBy(() -> origin.head("m")).isInstanceOf(ChunkException.class);
        eventually(() -> origin.trouble().isPresent());
        assertThat(origin.trouble().orElseThrow()).contains("check network, DNS and endpoint");
        fixture.emulator.switchOn();
        eventually(() -> origin.trouble().isEmpty());
        assertThat(gauge()).isEqualTo("1.0");
    }

    @Test
    void aReaderWhoSucceedsSaysThatItCanBeUsed() throws Exception {
        fixture.put("m", 10);
        fixture.emulator
                .faults()
                .add(FaultRule.on("*", Fault.status(403, "AccessDenied")).method("LIST"));
        watch(OssFixture.key(), "", Duration.ofMinutes(1));
        eventually(() -> origin.trouble().isPresent());
        origin.head("m");
        assertThat(origin.trouble()).isEmpty();
    }

    @Test
    void aKeyThatMayReadButNotListIsToldOnceAndIsNotTheOriginsTrouble() throws Exception {
        fixture.put("m", 10);
        ActiveFault refused = fixture.emulator
                .faults()
                .add(FaultRule.on("*", Fault.status(403, "AccessDenied")).method("LIST"));
        try (LogLines log = LogLines.capture(WatchedOrigin.class)) {
            watch(OssFixture.key(), "", Duration.ofMillis(10));
            eventually(() -> origin.trouble().isPresent());
            origin.head("m");
            eventually(() -> log.lines().size() == 2);
            // What a look-up asks: is there an object, is there anything below it?
            for (int i = 0; i < 10; i++) {
                long before = refused.fired();
                origin.head("m");
                assertThatThrownBy(() -> origin.list("", true, null, 1)).hasMessageContaining("403");
                eventually(() -> refused.fired() > before + 1);
            }
            assertThat(origin.trouble()).isEmpty();
            assertThat(log.lines().get(0))
                    .startsWith("origin bucket can't be used, only what is cached is served: list");
            assertThat(log.lines().get(1))
                    .startsWith("origin bucket can be read, but not listed: list")
                    .contains("allows oss:GetObject and oss:ListObjects");
            assertThat(log.lines()).hasSize(2);
        }
    }

    @Test
    void anOutageAndItsEndAreALineEach() throws Exception {
        fixture.put("m", 10);
        try (LogLines log = LogLines.capture(WatchedOrigin.class, Level.INFO)) {
            watch(OssFixture.key(), "", Duration.ofMillis(10));
            eventually(() -> fixture.emulator.count("").requests("LIST") == 1);
            for (int i = 0; i < 2; i++) {
                fixture.emulator.switchOff();
                assertThatThrownBy(() -> origin.head("m")).isInstanceOf(ChunkException.class);
                eventually(() -> origin.trouble().isPresent());
                fixture.emulator.switchOn();
                eventually(() -> origin.trouble().isEmpty());
                origin.head("m");
            }
            assertThat(log.lines()).hasSize(4);
            assertThat(log.lines().get(2))
                    .startsWith("origin bucket can't be used, only what is cached is served: list");
            assertThat(log.lines().get(3)).isEqualTo("origin bucket can be used again");
        }
    }

    @Test
    void oneArchivedObjectIsNotTheOriginsTrouble() throws Exception {
        fixture.put("m", 10);
        watch(OssFixture.key(), "");
        eventually(() -> fixture.emulator.count("").requests("LIST") == 1);
        fixture.emulator
                .faults()
                .add(FaultRule.on("m", Fault.status(403, "InvalidObjectState")).method("HEAD"));
        assertThatThrownBy(() -> origin.head("m")).hasMessageContaining("403");
        eventually(() -> fixture.emulator.count("").requests("LIST") == 2);
        assertThat(origin.trouble()).isEmpty();
    }

    @Test
    void throttlingIsNotTrouble() throws Exception {
        fixture.emulator
                .faults()
                .add(FaultRule.on("*", Fault.status(503, "SlowDown")).method("LIST"));
        watch(OssFixture.key(), "");
        eventually(() -> fixture.emulator.count("").requests("LIST") == 1);
        assertThatThrownBy(() -> origin.list("", true, null, 1)).hasMessageContaining("503");
        assertThat(origin.trouble()).isEmpty();
    }

    private void watch(OssCredentials credentials, String prefix) throws Exception {
        watch(credentials, prefix, Duration.ofMillis(200));
    }

    private void watch(OssCredentials credentials, String prefix, Duration between) throws Exception {
        origin = new WatchedOrigin(new OssOrigin("bucket", fixture.options(credentials)), metrics, between);
        origin.watch(prefix);
    }

    private String gauge() {
        return metrics.registry()
                .scrape()
                .lines()
                .filter(line -> line.startsWith("tidepool_origin_up{origin=\"bucket\"} "))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .findFirst()
                .orElse("absent");
    }

    private static void eventually(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(10); // the class's time limit ends it
        }
    }
}
