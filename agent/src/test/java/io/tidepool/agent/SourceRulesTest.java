package io.tidepool.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The house numbers of all modules' sources, tests included: small files, small methods, nothing left for later. */
final class SourceRulesTest {
    private static final Path ROOT = Path.of("..");
    private static final int MEDIAN_LINES = 120;
    private static final int MOST_FILES_LINES = 300;
    private static final double MOST_FILES = 0.9;
    private static final int ANY_FILE_LINES = 600;
    private static final int METHOD_LINES = 60;

    private static final Map<Path, List<String>> sources = new TreeMap<>();

    @BeforeAll
    static void read() throws IOException {
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path module : modules.filter(path -> Files.exists(path.resolve("pom.xml")))
                    .toList()) {
                for (Path tree : List.of(module.resolve("src/main"), module.resolve("src/test"))) {
                    readTree(tree);
                }
            }
        }
        assertThat(sources).hasSizeGreaterThan(50);
    }

    private static void readTree(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                sources.put(ROOT.relativize(file), Files.readAllLines(file));
            }
        }
    }

    @Test
    void filesAreSmall() {
        List<Integer> sizes = sources.values().stream().map(List::size).sorted().toList();
        assertThat(sizes.get(sizes.size() / 2)).as("median of lines").isLessThanOrEqualTo(MEDIAN_LINES);
        assertThat(sizes.get((int) (sizes.size() * MOST_FILES)))
                .as("lines of 90 %")
                .isLessThanOrEqualTo(MOST_FILES_LINES);
        assertThat(sources)
                .allSatisfy((file, lines) -> assertThat(lines)
                        .as("lines of %s: a file is one idea", file)
                        .hasSizeLessThanOrEqualTo(ANY_FILE_LINES));
    }

    @Test
    void methodsFitAScreen() throws IOException {
        assertThat(methods(sources.keySet().stream().map(ROOT::resolve).toList()))
                .hasSizeGreaterThan(500)
                .filteredOn(method -> method.lines() > METHOD_LINES)
                .as("methods of more than %d lines", METHOD_LINES)
                .isEmpty();
    }

    @Test
    void nothingIsLeftForLater() {
        // In two parts, so that this line doesn't find itself.
        List<String> words = List.of("TO" + "DO", "FIX" + "ME", "@Dis" + "abled");
        List<String> found = new ArrayList<>();
        sources.forEach((file, lines) -> {
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                if (words.stream().anyMatch(line::contains)) {
                    found.add(file + ":" + (i + 1) + ": " + line.strip());
                }
            }
        });
        assertThat(found).isEmpty();
    }

    private record Method(String where, long lines) {}

    private static List<Method> methods(List<Path> files) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask)
                    compiler.getTask(null, manager, null, null, null, manager.getJavaFileObjectsFromPaths(files));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            List<Method> methods = new ArrayList<>();
            for (CompilationUnitTree unit : task.parse()) {
                new MethodLengths(unit, positions, methods).scan(unit, null);
            }
            return methods;
        }
    }

    /** Measures from the opening brace's line to the closing one's: annotations may hold a table of cases. */
    private static final class MethodLengths extends TreePathScanner<Void, Void> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final List<Method> methods;

        MethodLengths(CompilationUnitTree unit, SourcePositions positions, List<Method> methods) {
            this.unit = unit;
            this.positions = positions;
            this.methods = methods;
        }

        @Override
        public Void visitMethod(MethodTree method, Void unused) {
            if (method.getBody() != null) {
                LineMap lines = unit.getLineMap();
                long first = lines.getLineNumber(positions.getStartPosition(unit, method.getBody()));
                long last = lines.getLineNumber(positions.getEndPosition(unit, method.getBody()));
                Path file = Path.of(unit.getSourceFile().getName()).getFileName();
                methods.add(new Method(file + ":" + first + " " + method.getName(), last - first + 1));
            }
            return super.visitMethod(method, null);
        }
    }
}
