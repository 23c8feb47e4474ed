package io.tidepool.agent.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.e2e.Eventually;
import io.tidepool.agent.metrics.Metric;
import io.tidepool.agent.metrics.Metrics;
import io.tidepool.agent.origin.DirectoryOrigin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class CatalogListTest {
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
    void listsChildrenInTheOrderOfKeysWhateverThePageSize() throws Exception {
        for (String key : List.of("d/a/1", "d/a-b", "d/a0", "d/ x ", "d/\u00e9", "d/new\nline", "e")) {
            fixture.put(key);
        }
        fixture.emulator.bucket().put("d/", new byte[0]);
        for (int limit = 1; limit < 9; limit++) {
            assertThat(fixture.names("/all/d", limit)).containsExactly(" x ", "a-b", "a/", "a0", "new\nline", "\u00e9");
        }
        assertThat(fixture.names("/all", 10)).containsExactly("d/", "e");
    }

    @Test
    void hidesAndCountsWhatCannotBeAName() throws Exception {
        fixture.put("d//x");
        fixture.put("d/./x");
        fixture.put("d/../x");
        fixture.put("d/nul\0");
        fixture.put("d/" + "x".repeat(256));
        fixture.put("d/" + "\u00e9".repeat(128));
        fixture.put("d/good");
        fixture.emulator.bucket().put("d/", new byte[7]);

        for (int limit : new int[] {1, 1000}) {
            assertThat(fixture.names("/all/d", limit)).containsExactly("good");
        }
        assertThat(hidden("empty")).isEqualTo(2);
        assertThat(hidden("dots")).isEqualTo(4);
        assertThat(hidden("nul")).isEqualTo(2);
        assertThat(hidden("too_long")).isEqualTo(4);
        assertThat(hidden("ends_in_slash")).isEqualTo(2);
    }

    @Test
    void aDirectoryHidesAFileOfTheSameNameAlsoOnAnotherPage() throws Exception {
        fixture.put("a");
        fixture.put("a-1");
        fixture.put("a-2");
        fixture.put("a/x");
        fixture.put("b");
        for (int limit = 1; limit < 6; limit++) {
            assertThat(fixture.names("/all", limit)).containsExactly("a-1", "a-2", "a/", "b");
        }
        assertThat(hidden("shadowed")).isEqualTo(5);
    }

    private double hidden(String reason) {
        return fixture.metrics.count(Metric.NAMES_HIDDEN, reason);
    }

    @Test
    void aLargeDirectoryComesInPagesWithNothingTwiceAndNothingMissing() throws Exception {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 3_500; i++) {
            String name = String.format("%05d", i);
            expected.add(name);
            fixture.put("big/" + name);
        }
        assertThat(fixture.names("/all/big", 5_000)).isEqualTo(expected);
        // Four pages; and for the last file of three, whether a directory of that name lies behind it.
        assertThat(fixture.lists()).isEqualTo(4 + 3);
    }

    @Test
    void whatIsAddedOrRemovedWhileListingNeverHidesTheRest() throws Exception {
        for (int i = 0; i < 100; i++) {
            fixture.put(String.format("d/%03d", i));
        }
        List<String> seen = new ArrayList<>();
        String after = null;
        int page = 0;
        do {
            DirectoryPage part = fixture.catalog.list("/all/d", after, 10);
            part.children().forEach(c -> seen.add(c.name()));
            after = part.next();
            fixture.emulator.bucket().delete(String.format("d/%03d", 10 * page + 9)); // the page's last
            fixture.put(String.format("d/%03d-new", 10 * page));
            page++;
        } while (after != null);
        assertThat(seen).doesNotHaveDuplicates();
        for (int i = 0; i < 100; i++) {
            assertThat(seen).contains(String.format("%03d", i));
        }
    }

    @Test
    void tellsAFileFromADirectoryFromNothing() throws Exception {
        fixture.put("m");
        fixture.emulator.bucket().put("marked/", new byte[0]);
        assertThat(fixture.names("/all/marked", 10)).isEmpty();
        assertThat(fixture.names("/pre", 10)).as("an empty mount").isEmpty();
        assertThat(failure("/all/m").kind()).isEqualTo(Kind.NOT_DIRECTORY);
        assertThat(failure("/all/nothing").kind()).isEqualTo(Kind.NOT_FOUND);
        assertThat(failure("/nothing").kind()).isEqualTo(Kind.NOT_FOUND);
        assertThat(failure("/all/../x").kind()).isEqualTo(Kind.NOT_FOUND);
    }

    private ChunkException failure(String path) {
        return catchThrowableOfType(ChunkException.class, () -> fixture.catalog.list(path, null, 10));
    }

    @Test
    void aListingAnswersTheLookupsThatFollowItButNotTheOpening() throws Exception {
        for (int i = 0; i < 20; i++) {
            fixture.put("d/" + i);
        }
        fixture.names("/all/d", 1000);
        for (int i = 0; i < 20; i++) {
            assertThat(fixture.catalog.lookup("/all/d/" + i)).isNotNull();
            assertThat(fixture.heads("d/" + i)).isZero();
        }
        assertThat(fixture.catalog.revalidate("/all/d/7").info().crc64()).isPresent();
        assertThat(fixture.heads("d/7")).isEqualTo(1);
        fixture.passASecond();
        fixture.catalog.lookup("/all/d/8");
        assertThat(fixture.heads("d/8")).isEqualTo(1);
    }

    @Test
    void aPageIsTakenForTrueForASecond() throws Exception {
        fixture.put("d/1");
        fixture.names("/all/d", 10);
        fixture.put("d/2");
        assertThat(fixture.names("/all/d", 10)).containsExactly("1");
        fixture.passASecond();
        // On a busy machine the memory may hear only now that the page has come, and when.
        Eventually.is("the new name", () -> fixture.names("/all/d", 10).equals(List.of("1", "2")));
    }

    @Test
    void aDirectoryOriginIsServedByTheSameCode(@TempDir Path nas) throws Exception {
        Files.createDirectories(nas.resolve("m/empty"));
        Files.writeString(nas.resolve("m/model.bin"), "bytes");
        Files.writeString(nas.resolve("m/a-b"), "");
        try (DirectoryOrigin origin = new DirectoryOrigin("nas", nas)) {
            Catalog catalog = fixture.catalogOf(new Metrics(), new Mounted("nas", origin, "", Policy.FILE, false));
            assertThat(catalog.list("/nas/m", null, 10).children())
                    .extracting(DirectoryPage.Child::name)
                    .containsExactly("a-b", "empty", "model.bin");
            assertThat(catalog.list("/nas/m/empty", null, 10).children()).isEmpty();
            assertThat(catalog.lookup("/nas/m/empty")).isInstanceOf(CatalogEntry.Directory.class);
            assertThat(catalog.lookup("/nas/m/nothing")).isNull();
            assertThat(catalog.revalidate("/nas/m/model.bin").info().version().sizeBytes())
                    .isEqualTo(5);
            Files.writeString(nas.resolve("m/model.bin"), "other bytes");
            fixture.pass(Duration.ofSeconds(2));
            assertThat(catalog.revalidate("/nas/m/model.bin").info().version().sizeBytes())
                    .isEqualTo(11);
        }
    }
}
