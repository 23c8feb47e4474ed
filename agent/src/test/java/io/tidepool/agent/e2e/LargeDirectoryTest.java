package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Listings of large directories (promise N4): whole, once, by several at a time, while names come and go. */
final class LargeDirectoryTest extends EndToEndTest {
    private static final int NAMES = 100_000;
    private static final Duration PROGRAM = Duration.ofMinutes(2);
    private static final String SCANDIR = """
            import os, sys
            with os.scandir(sys.argv[1]) as entries:
                for entry in entries:
                    assert entry.is_file(follow_symlinks=False)
                    print(entry.name)
            """;
    private static final String SEEKDIR = """
            use strict;
            $| = 1;
            my ($dir, $first) = @ARGV;
            opendir(my $d, $dir) or die "opendir: $!";
            my @names = map { scalar readdir $d } (1 .. $first);
            my $place = telldir $d;
            my @rest = readdir $d;
            print "place\\n";
            my $line = <STDIN>;
            seekdir $d, $place;
            my @again = readdir $d;
            rewinddir $d;
            my @whole = readdir $d;
            closedir $d;
            for (['first', @names], ['rest', @rest], ['again', @again], ['whole', @whole]) {
                my ($what, @list) = @$_;
                print "$what $_\\n" for grep { !/^\\.\\.?$/ } @list;
            }
            """;

    @Test
    void itIsListedWholeAndOnceByAllWhoAskWhileNamesComeAndGo() throws Exception {
        Set<String> stays = new HashSet<>();
        for (int i = 0; i < NAMES; i++) {
            String name = "shard-%06d.bin".formatted(i);
            stays.add(name);
            emulator.bucket().putSynthetic("large/" + name, 1);
            if (i % 100 == 0) {
                emulator.bucket().putSynthetic("large/" + name + "-goes", 1);
            }
        }
        // A heap that holds little more than the names that the agent may keep for a second.
        Agent agent = fork(setup(), "-Xmx256m");
        Path large = agent.at("/m/large");
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Callable<List<String>>> listers = List.of(
                    () -> Posix.list(large),
                    () -> Posix.list(Posix.bytes(large), 600),
                    () -> lines("ls", "-1", "-U", large),
                    () -> lines("find", large, "-type", "f", "-printf", "%f\\n"),
                    () -> lines("python3", "-c", SCANDIR, large));
            List<Future<List<String>>> lists =
                    listers.stream().map(threads::submit).toList();
            Future<Integer> changes = threads.submit(() -> comeAndGo(lists));
            for (Future<List<String>> list : lists) {
                List<String> names = list.get();
                assertThat(names).doesNotHaveDuplicates();
                Set<String> missing = new HashSet<>(stays);
                missing.removeAll(new HashSet<>(names));
                assertThat(missing).isEmpty();
            }
            assertThat(changes.get())
                    .as("names that came or went during the listings")
                    .isPositive();
        }
        assertThat(Posix.list(large)).hasSizeGreaterThanOrEqualTo(NAMES);
    }

    /** Until all lists are done. */
    private int comeAndGo(List<Future<List<String>>> lists) throws InterruptedException {
        int changes = 0;
        for (int i = 0; lists.stream().anyMatch(list -> !list.isDone()); i = (i + 7_001) % NAMES) {
            String name = "large/shard-%06d.bin".formatted(i);
            emulator.bucket().putSynthetic(name + "-came", 1);
            changes += emulator.bucket().delete(name + "-goes") ? 2 : 1;
            Thread.sleep(1);
        }
        return changes;
    }

    private List<String> lines(Object... program) throws Exception {
        return ended(Child.program(program)).succeeds(PROGRAM).lines().toList();
    }

    @Test
    void aPlaceToComeBackToStaysThatPlaceWhileNamesComeAndGo() throws Exception {
        int count = 4_000;
        IntStream.range(0, count).forEach(i -> {
            emulator.bucket().putSynthetic("d/%05d-stays".formatted(i), 1);
            emulator.bucket().putSynthetic("d/%05d-goes".formatted(i), 1);
        });
        Agent agent = start(setup());
        int first = 2_345;
        Child perl = ended(Child.program("perl", "-e", SEEKDIR, agent.at("/m/d"), first));
        Eventually.within(PROGRAM, "it has listed once", () -> perl.written().contains("place\n"));
        IntStream.range(0, count).forEach(i -> {
            emulator.bucket().delete("d/%05d-goes".formatted(i));
            emulator.bucket().putSynthetic("d/%05d-came".formatted(i), 1);
        });
        Thread.sleep(1_200); // pages are kept for a second
        perl.closeInput();
        List<String> lines = perl.succeeds(PROGRAM).lines().toList();
        List<String> again = names(lines, "again");
        assertThat(again).doesNotHaveDuplicates();
        assertThat(again).as("it has changed").anyMatch(name -> name.endsWith("-came"));
        assertThat(staying(again)).isEqualTo(staying(names(lines, "rest")));
        assertThat(staying(names(lines, "first")).size() + staying(again).size())
                .isEqualTo(count);
        assertThat(names(lines, "whole")).hasSize(2 * count).doesNotHaveDuplicates();
    }

    private static List<String> names(List<String> lines, String what) {
        return lines.stream()
                .filter(line -> line.startsWith(what + " "))
                .map(line -> line.substring(what.length() + 1))
                .toList();
    }

    private static List<String> staying(List<String> names) {
        return new ArrayList<>(
                names.stream().filter(name -> name.endsWith("-stays")).toList());
    }
}
