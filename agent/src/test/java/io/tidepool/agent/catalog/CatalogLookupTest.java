package io.tidepool.agent.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidepool.agent.catalog.CatalogEntry.Directory;
import io.tidepool.agent.catalog.CatalogEntry.File;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.emulator.fault.ActiveFault;
import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.fault.FaultRule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class CatalogLookupTest {
    @TempDir
    Path dir;

    private CatalogFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new CatalogFixture(dir);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void tellsFilesFromDirectoriesFromNothing() throws Exception {
        fixture.put("m/model.bin");
        fixture.emulator.bucket().put("marked/", new byte[0]);

        File file = (File) lookup("/all/m/model.bin");
        assertThat(file.info().version().key()).isEqualTo("m/model.bin");
        assertThat(file.info().crc64()).isPresent();
        assertThat(file.mounted().name()).isEqualTo("all");
        assertThat(lookup("/all/m")).isEqualTo(new Directory("/all/m"));
        assertThat(lookup("/all/marked")).isEqualTo(new Directory("/all/marked"));
        assertThat(lookup("/all/nothing")).isNull();
        assertThat(lookup("/all/m/model.bin/below")).isNull();
    }

    @Test
    void aPrefixIsMountedAsIfItWereABucket() throws Exception {
        fixture.put("pre/m/model.bin");
        assertThat(((File) lookup("/pre/m/model.bin")).info().version().key()).isEqualTo("pre/m/model.bin");
        assertThat(lookup("/pre/m")).isInstanceOf(Directory.class);
        assertThat(lookup("/pre/pre")).isNull();
    }

    @Test
    void theRootAndTheMountsNeverTouchTheNetwork() throws Exception {
        fixture.emulator.switchOff();
        assertThat(lookup("/")).isEqualTo(new Directory("/"));
        assertThat(lookup("/pre")).isEqualTo(new Directory("/pre"));
        assertThat(lookup("/unknown")).isNull();
        assertThat(lookup("/unknown/x")).isNull();
        assertThat(fixture.names("/", 1)).containsExactly("all/", "fixed/", "pre/");
    }

    @Test
    void namesThatCannotBeShownAreNotThereAndCostNoRequest() throws Exception {
        fixture.emulator.bucket().put("a//b", new byte[1]);
        for (String path : List.of(
                "/all/..",
                "/all/./a",
                "/all/a//b",
                "/all/a/",
                "/all/a\0b",
                "/all/" + "x".repeat(256),
                "/all/\ud800",
                "/all/" + "y/".repeat(511) + "zz",
                "no slash",
                "")) {
            assertThat(lookup(path)).as(path).isNull();
        }
        assertThat(fixture.emulator.counters().total().requests()).isEmpty();
    }

    @Test
    void aDirectoryWinsOverAFileOfTheSameName() throws Exception {
        fixture.put("a");
        fixture.put("a/b");
        assertThat(lookup("/all/a")).isInstanceOf(Directory.class);
        assertThat(failure(() -> fixture.catalog.revalidate("/all/a")).kind()).isEqualTo(Kind.IS_DIRECTORY);
    }

    @Test
    void anAnswerIsTakenForTrueForASecondAlsoIfItIsThatThereIsNothing() throws Exception {
        fixture.put("m");
        for (int i = 0; i < 10; i++) {
            assertThat(lookup("/all/m")).isNotNull();
            assertThat(lookup("/all/nothing")).isNull();
            fixture.pass(Duration.ofMillis(99));
        }
        assertThat(fixture.heads("m")).isEqualTo(1);
        assertThat(fixture.heads("nothing")).isEqualTo(1);
        assertThat(fixture.metrics.count(Metric.CATALOG_LOOKUPS, "cached")).isEqualTo(18);

        fixture.passASecond();
        fixture.put("nothing");
        assertThat(lookup("/all/m")).isNotNull();
        assertThat(lookup("/all/nothing")).isNotNull();
        assertThat(fixture.heads("m")).isEqualTo(2);
    }

    @Test
    void aReplacedObjectIsSeenWithinASecond() throws Exception {
        fixture.put("m");
        ObjectVersion first = fixture.catalog.revalidate("/all/m").info().version();
        fixture.emulator.bucket().nextVersion("m");
        assertThat(fixture.catalog.revalidate("/all/m").info().version()).isEqualTo(first);
        fixture.passASecond();
        assertThat(fixture.catalog.revalidate("/all/m").info().version()).isNotEqualTo(first);
    }

    @Test
    void aStaleVersionThatAReaderMetIsForgottenAtOnce() throws Exception {
        fixture.put("pre/m");
        ObjectVersion first = fixture.catalog.revalidate("/pre/m").info().version();
        assertThat(fixture.catalog.revalidate("/all/pre/m").info().version()).isEqualTo(first);
        fixture.emulator.bucket().nextVersion("pre/m");
        fixture.catalog.observeStale(first);
        assertThat(fixture.catalog.revalidate("/pre/m").info().version()).isNotEqualTo(first);
        assertThat(fixture.catalog.revalidate("/all/pre/m").info().version()).isNotEqualTo(first);
    }

    @Test
    void manyWhoAskAtOnceCostOneQuestion() throws Exception {
        fixture.put("m");
        ActiveFault slow = fixture.emulator
                .faults()
                .add(FaultRule.on("m", Fault.latency(Duration.ofMillis(300))).method("HEAD"));
        List<Callable<CatalogEntry>> askers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            askers.add(() -> lookup("/all/m"));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<CatalogEntry> asked : threads.invokeAll(askers)) {
                assertThat(asked.get()).isInstanceOf(File.class);
            }
        }
        assertThat(slow.fired()).isEqualTo(1);
        assertThat(fixture.lists()).isEqualTo(1);
    }

    @Test
    void anAnswerIsAsOldAsItsQuestion() throws Exception {
        fixture.put("m");
        ActiveFault slow = fixture.emulator
                .faults()
                .add(FaultRule.on("m", Fault.latency(Duration.ofMillis(300)))
                        .method("HEAD")
                        .times(1));
        CompletableFuture<CatalogEntry> asked = CompletableFuture.supplyAsync(() -> {
            try {
                return lookup("/all/m");
            } catch (ChunkException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        while (slow.fired() == 0) {
            Thread.sleep(1);
        }
        fixture.passASecond();
        assertThat(asked.get()).isInstanceOf(File.class);
        lookup("/all/m");
        assertThat(fixture.heads("m")).isEqualTo(2);
    }

    @Test
    void whoIsInterruptedLeavesAndTheOthersGetTheirAnswer() throws Exception {
        fixture.put("m");
        ActiveFault slow = fixture.emulator
                .faults()
                .add(FaultRule.on("m", Fault.latency(Duration.ofSeconds(2))).method("HEAD"));
        CompletableFuture<String> leaver = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                lookup("/all/m");
                leaver.complete("answered");
            } catch (InterruptedException e) {
                leaver.complete("interrupted");
            } catch (ChunkException e) {
                leaver.complete(e.toString());
            }
        });
        while (slow.fired() == 0) {
            Thread.sleep(1);
        }
        thread.interrupt();
        assertThat(leaver.get(1, TimeUnit.SECONDS)).isEqualTo("interrupted");
        assertThat(lookup("/all/m")).isInstanceOf(File.class);
        assertThat(slow.fired()).isEqualTo(1);
    }

    @Test
    void openingTellsNothingFromADirectory() throws Exception {
        fixture.put("d/x");
        assertThat(failure(() -> fixture.catalog.revalidate("/all/nothing")).kind())
                .isEqualTo(Kind.NOT_FOUND);
        assertThat(failure(() -> fixture.catalog.revalidate("/all/d")).kind()).isEqualTo(Kind.IS_DIRECTORY);
        assertThat(failure(() -> fixture.catalog.revalidate("/")).kind()).isEqualTo(Kind.IS_DIRECTORY);
    }

    @Test
    void anImmutableFileIsAskedForOnceEvenOverARestart() throws Exception {
        fixture.put("fix/m");
        for (int i = 0; i < 3; i++) {
            assertThat(fixture.catalog.revalidate("/fixed/m").info().crc64()).isPresent();
            fixture.passASecond();
        }
        fixture.restartAgent();
        fixture.catalog.revalidate("/fixed/m");
        assertThat(fixture.heads("fix/m")).isEqualTo(1);
    }

    @Test
    void anImmutableNameThatIsNotThereYetMayAppear() throws Exception {
        assertThat(lookup("/fixed/m")).isNull();
        fixture.put("fix/m");
        fixture.passASecond();
        assertThat(lookup("/fixed/m")).isNotNull();
    }

    @Test
    void aKeyThatMayNotBeReadIsDeniedAndNotMissing() throws Exception {
        fixture.put("m");
        fixture.emulator
                .faults()
                .add(FaultRule.on("m", Fault.status(403, "AccessDenied")).method("HEAD"));
        assertThat(failure(() -> lookup("/all/m")).kind()).isEqualTo(Kind.ACCESS_DENIED);
        fixture.emulator.faults().clear();
        assertThat(lookup("/all/m")).as("a failure is not kept").isNotNull();
    }

    @Test
    void aKeyThatMayBeReadButNotListedIsAFile() throws Exception {
        fixture.put("m");
        ActiveFault denied = fixture.emulator
                .faults()
                .add(FaultRule.on("*", Fault.status(403, "AccessDenied")).method("LIST"));
        assertThat(lookup("/all/m")).isInstanceOf(File.class);
        assertThat(denied.fired()).isEqualTo(1);
        assertThat(failure(() -> lookup("/all/nothing")).kind()).isEqualTo(Kind.ACCESS_DENIED);
    }

    @Test
    void aPassingFaultIsTriedAgain() throws Exception {
        fixture.put("m");
        ActiveFault fault = fixture.emulator
                .faults()
                .add(FaultRule.on("m", Fault.status(500, "InternalError"))
                        .method("HEAD")
                        .times(3));
        assertThat(lookup("/all/m")).isInstanceOf(File.class);
        assertThat(fault.fired()).isEqualTo(3);
    }

    private CatalogEntry lookup(String path) throws ChunkException, InterruptedException {
        return fixture.catalog.lookup(path);
    }

    private interface Failing {
        void run() throws Exception;
    }

    private static ChunkException failure(Failing call) {
        ChunkException e = catchThrowableOfType(ChunkException.class, call::run);
        assertThat(e).as("a failure").isNotNull();
        return e;
    }
}
