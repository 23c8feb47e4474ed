package io.tidepool.bench.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** CPU time as the kernel counts it, in seconds, in steps of 10 ms. */
public final class Cpu {
    /** USER_HZ: what /proc counts in, whatever the kernel's own clock; 100 on every architecture that we run on. */
    private static final double TICKS_PER_SECOND = 100;

    private Cpu() {}

    /** User and system time of a process and its threads, ended ones included; not of its children. */
    public static double ofProcess(long pid) {
        long[] times = times("/proc/" + pid + "/stat");
        return (times[0] + times[1]) / TICKS_PER_SECOND;
    }

    /** User and system time of the children of this process that have ended, and of theirs. */
    public static double ofEndedChildren() {
        long[] times = times("/proc/self/stat");
        return (times[2] + times[3]) / TICKS_PER_SECOND;
    }

    /** Time that the whole machine was not idle, and what the hypervisor kept from it. */
    public static double ofMachine() {
        // cpu user nice system idle iowait irq softirq steal guest guest_nice; user contains guest.
        long[] t = Arrays.stream(line("/proc/stat").split("\\s+"))
                .skip(1)
                .mapToLong(Long::parseLong)
                .toArray();
        return (t[0] + t[1] + t[2] + t[5] + t[6] + t[7]) / TICKS_PER_SECOND;
    }

    /** utime, stime, cutime, cstime. The program's name, in brackets, may hold blanks. */
    private static long[] times(String statFile) {
        String line = line(statFile);
        String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
        return Arrays.stream(fields, 11, 15).mapToLong(Long::parseLong).toArray();
    }

    private static String line(String file) {
        try (var lines = Files.lines(Path.of(file), StandardCharsets.ISO_8859_1)) {
            return lines.findFirst().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException("can't read " + file, e);
        }
    }
}
