import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Says how a run of all modules' tests ended, from Surefire's reports: what failed and why, what was skipped and why, and
 * one closing line. Run as a source file by ./tidepool test: ROOT MAVEN_EXIT_CODE MAVEN_LOG.
 */
final class TestSummary {
    private static final int MESSAGE_LINES = 12;

    private final List<String> failures = new ArrayList<>();
    private final TreeMap<String, Integer> skips = new TreeMap<>();
    private int passed;
    private int skipped;

    void main(String[] args) throws Exception {
        Path root = Path.of(args[0]);
        int mavenExit = Integer.parseInt(args[1]);
        for (Path report : reports(root)) {
            read(report);
        }
        List<String> broken = brokenBuild(Path.of(args[2]), mavenExit);
        skips.forEach((why, count) -> System.out.println("skipped (" + count + "): " + why));
        failures.forEach(failure -> System.out.println("\nFAILED " + failure));
        broken.forEach(System.out::println);
        if (!broken.isEmpty() || !failures.isEmpty()) {
            System.out.println("\nAll of the build's output: " + args[2] + "; a test class's own output:"
                    + " MODULE/target/surefire-reports/CLASS-output.txt");
        }
        int failed = failures.size() + (broken.isEmpty() ? 0 : 1);
        System.out.println("\n" + passed + " passed, " + failed + " failed, " + skipped + " skipped");
        System.exit(failed > 0 || passed == 0 ? 1 : 0);
    }

    private static List<Path> reports(Path root) throws Exception {
        try (var files = Files.find(root, 4, (path, attributes) -> path.getParent().endsWith("target/surefire-reports")
                && path.getFileName().toString().matches("TEST-.*\\.xml"))) {
            return files.sorted().toList();
        }
    }

    private void read(Path report) throws Exception {
        NodeList cases = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(report.toFile())
                .getElementsByTagName("testcase");
        for (int i = 0; i < cases.getLength(); i++) {
            Element test = (Element) cases.item(i);
            String name = test.getAttribute("classname").replaceFirst(".*\\.", "") + "." + test.getAttribute("name");
            Element bad = child(test, "failure") == null ? child(test, "error") : child(test, "failure");
            Element skip = child(test, "skipped");
            if (bad != null) {
                failures.add(name + "\n" + indented(bad.getTextContent()));
            } else if (skip != null) {
                skipped++;
                skips.merge(name.replaceFirst("\\..*", "") + ": " + skip.getAttribute("message"), 1, Integer::sum);
            } else {
                passed++;
            }
        }
    }

    private static Element child(Element parent, String name) {
        return (Element) parent.getElementsByTagName(name).item(0);
    }

    private static String indented(String text) {
        return text.lines()
                .filter(line -> !line.isBlank() && !line.matches("\\s+at (org\\.junit|java\\.|jdk\\.|org\\.apache\\.maven).*"))
                .limit(MESSAGE_LINES)
                .reduce("", (all, line) -> all + "    " + line + "\n");
    }

    /** What went wrong outside the tests themselves: no compilation, a formatter's complaint, a JVM that died. */
    private static List<String> brokenBuild(Path log, int mavenExit) throws Exception {
        List<String> lines = Files.readAllLines(log);
        List<String> died = lines.stream()
                .filter(line -> line.matches(".*(forked VM terminated|There was a timeout|error occurred in starting fork).*"))
                .distinct()
                .toList();
        if (mavenExit == 0 && died.isEmpty()) {
            return List.of();
        }
        LinkedHashSet<String> told = new LinkedHashSet<>(died);
        lines.stream().filter(line -> line.matches("\\[ERROR] [^\\t].*|\\[WARNING] .*\\.java:.*")).limit(40).forEach(told::add);
        told.add("\nFAILED the build itself (mvn exit code " + mavenExit + ")");
        return List.copyOf(told);
    }
}
