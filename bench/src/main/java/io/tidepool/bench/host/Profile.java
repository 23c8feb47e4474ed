package io.tidepool.bench.host;

import io.tidepool.agent.cli.Table;
import io.tidepool.agent.cli.Units;
import java.io.IOException;
import java.lang.constant.ClassDesc;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongFunction;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;

/** What a JFR recording says of CPU time and allocation: by thread, by method, and by the method of ours that led there. */
final class Profile {
    private static final int SHOWN = 12;
    private static final String OURS = "io.tidepool.";
    private static final String NO_FRAME = "(no Java frame)";

    private final Map<String, Long> cpuByThread = new HashMap<>();
    private final Map<String, Long> cpuByMethod = new HashMap<>();
    private final Map<String, Long> cpuByOurs = new HashMap<>();
    private final Map<String, Long> allocationByClass = new HashMap<>();
    private final Map<String, Long> allocationByOurs = new HashMap<>();

    private Profile() {}

    static Profile read(Path recording) throws IOException {
        Profile profile = new Profile();
        try (RecordingFile events = new RecordingFile(recording)) {
            while (events.hasMoreEvents()) {
                profile.add(events.readEvent());
            }
        }
        return profile;
    }

    private void add(RecordedEvent event) {
        switch (event.getEventType().getName()) {
            case "jdk.CPUTimeSample" -> {
                long nanos = event.getDuration("samplingPeriod").toNanos();
                cpuByThread.merge(thread(event.getThread("eventThread")), nanos, Long::sum);
                cpuByMethod.merge(top(event.getStackTrace()), nanos, Long::sum);
                cpuByOurs.merge(ours(event.getStackTrace()), nanos, Long::sum);
            }
            case "jdk.ObjectAllocationSample" -> {
                long bytes = event.getLong("weight");
                allocationByClass.merge(type(event.getClass("objectClass").getName()), bytes, Long::sum);
                allocationByOurs.merge(ours(event.getStackTrace()), bytes, Long::sum);
            }
            default -> {}
        }
    }

    /** An array's type as people write it, {@code byte[]} for {@code [B}. */
    private static String type(String name) {
        return name.startsWith("[")
                ? ClassDesc.ofDescriptor(name.replace('.', '/')).displayName()
                : name.replaceFirst("\\$\\$Lambda.*", " (lambda)");
    }

    /** Pools number their threads. */
    private static String thread(@Nullable RecordedThread thread) {
        String name = thread == null || thread.getJavaName() == null ? "" : thread.getJavaName();
        return name.isEmpty() ? "(virtual or native threads)" : name.replaceAll("\\d+", "N");
    }

    /** Calls of native code begin in a hidden class, which is named after its address. */
    private static String top(@Nullable RecordedStackTrace stack) {
        if (stack == null) {
            return NO_FRAME;
        }
        return stack.getFrames().stream()
                .filter(frame -> !frame.getMethod().getType().getName().contains("0x"))
                .findFirst()
                .map(Profile::method)
                .orElse(NO_FRAME);
    }

    private static String ours(@Nullable RecordedStackTrace stack) {
        if (stack == null) {
            return NO_FRAME;
        }
        return stack.getFrames().stream()
                .filter(frame -> frame.getMethod().getType().getName().startsWith(OURS))
                .findFirst()
                .map(Profile::method)
                .orElse("(none of ours)");
    }

    /** As in the source: a lambda under the method that it stands in, what jnr-ffi generates under its interface. */
    private static String method(RecordedFrame frame) {
        String type = frame.getMethod().getType().getName();
        String simple = type.substring(type.lastIndexOf('.') + 1).replaceFirst("\\$jnr\\$ffi\\$\\d+$", "");
        return simple + "." + frame.getMethod().getName().replaceFirst("^lambda\\$(.*)\\$\\d+$", "$1");
    }

    /**
     * @param bytes that were read while it was recorded
     * @param seconds that the reads took
     */
    String describe(String name, long bytes, double seconds) {
        long cpu = cpuByThread.values().stream().mapToLong(Long::longValue).sum();
        long allocated =
                allocationByClass.values().stream().mapToLong(Long::longValue).sum();
        return "\nWhere the agent's time goes, %s: %s in %.1f s, %.1f CPU s in Java threads, %s of heap allocated\n\n"
                        .formatted(name, Units.bytes(bytes), seconds, cpu / 1e9, Units.bytes(allocated))
                + table("CPU s by thread", cpuByThread, cpu, Profile::seconds)
                + table("CPU s by method, native calls included", cpuByMethod, cpu, Profile::seconds)
                + table("CPU s by the nearest method of ours", cpuByOurs, cpu, Profile::seconds)
                + table("allocated, by class", allocationByClass, allocated, Units::bytes)
                + table("allocated, by the nearest method of ours", allocationByOurs, allocated, Units::bytes);
    }

    private static String table(String heading, Map<String, Long> amounts, long total, LongFunction<String> text) {
        Table table = new Table(">", ">", heading);
        List<Map.Entry<String, Long>> largest = amounts.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(SHOWN)
                .toList();
        for (Map.Entry<String, Long> entry : largest) {
            table.row(text.apply(entry.getValue()), share(entry.getValue(), total), entry.getKey());
        }
        return table + "\n";
    }

    private static String share(long part, long whole) {
        return whole == 0 ? "-" : Math.round(100.0 * part / whole) + "%";
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.2f", nanos / 1e9);
    }
}
