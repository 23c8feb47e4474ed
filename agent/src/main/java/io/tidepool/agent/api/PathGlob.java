package io.tidepool.agent.api;

import io.tidepool.agent.chunk.ChunkException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A pattern over paths: {@code *} and {@code ?} stay within a name, {@code **} as a whole name spans any number of them,
 * {@code [a-z]} and {@code [!a-z]} are classes, {@code {a,b}} is a choice, a backslash takes the next character as it is.
 *
 * <p>java.nio's globs won't do: its paths can't hold every key under every locale. Immutable.
 */
final class PathGlob {
    private static final String SPECIAL = "*?[{\\";
    /** Each one may multiply the work by the length of a name. */
    private static final int MAX_STARS = 8;

    private static final String ANY_DIRECTORIES = "**";

    private final List<String> literalPrefix;
    private final List<Segment> segments;

    /** One name of the pattern. */
    private sealed interface Segment {
        record AnyDirectories() implements Segment {}

        record Name(Pattern regex) implements Segment {}
    }

    private PathGlob(List<String> literalPrefix, List<Segment> segments) {
        this.literalPrefix = literalPrefix;
        this.segments = segments;
    }

    static boolean isGlob(String path) {
        return path.chars().anyMatch(c -> SPECIAL.indexOf(c) >= 0);
    }

    /** @throws ChunkException INVALID, saying what is wrong with the pattern */
    static PathGlob parse(String glob) throws ChunkException {
        List<String> literals = new ArrayList<>();
        List<Segment> segments = new ArrayList<>();
        for (String name : names(glob)) {
            if (segments.isEmpty() && !isGlob(name)) {
                literals.add(name);
            } else if (name.equals(ANY_DIRECTORIES)) {
                segments.add(new Segment.AnyDirectories());
            } else {
                segments.add(new Segment.Name(new Translation(glob, name).pattern()));
            }
        }
        return new PathGlob(List.copyOf(literals), List.copyOf(segments));
    }

    /** The directory that everything it matches lies under. */
    String base() {
        return "/" + String.join("/", literalPrefix);
    }

    boolean matches(String path) {
        List<String> names = names(path);
        return startsWithBase(names) && matches(0, names, literalPrefix.size(), false);
    }

    /** Whether something below {@code directory} could match. */
    boolean reachesInto(String directory) {
        List<String> names = names(directory);
        return startsWithBase(names) && matches(0, names, literalPrefix.size(), true);
    }

    private boolean startsWithBase(List<String> names) {
        return names.size() >= literalPrefix.size()
                && names.subList(0, literalPrefix.size()).equals(literalPrefix);
    }

    private boolean matches(int segment, List<String> names, int name, boolean asPrefix) {
        boolean patternEnds = segment == segments.size();
        if (name == names.size()) {
            return asPrefix ? !patternEnds : restIsEmpty(segment);
        }
        if (patternEnds) {
            return false;
        }
        return switch (segments.get(segment)) {
            case Segment.AnyDirectories any ->
                matches(segment + 1, names, name, asPrefix) || matches(segment, names, name + 1, asPrefix);
            case Segment.Name(Pattern regex) ->
                regex.matcher(names.get(name)).matches() && matches(segment + 1, names, name + 1, asPrefix);
        };
    }

    private boolean restIsEmpty(int segment) {
        return segments.subList(segment, segments.size()).stream().allMatch(Segment.AnyDirectories.class::isInstance);
    }

    private static List<String> names(String path) {
        return Pattern.compile("/")
                .splitAsStream(path)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /** From one name of a glob to a regular expression. */
    private static final class Translation {
        private final String glob;
        private final String name;
        private final StringBuilder regex = new StringBuilder();
        private int at;
        private boolean inChoice;
        private int stars;

        private Translation(String glob, String name) {
            this.glob = glob;
            this.name = name;
        }

        private Pattern pattern() throws ChunkException {
            while (at < name.length()) {
                char c = name.charAt(at++);
                switch (c) {
                    case '*' -> regex.append(star());
                    case '?' -> regex.append('.');
                    case '[' -> charClass();
                    case '{' -> {
                        if (inChoice) {
                            throw invalid("'{' within '{'");
                        }
                        inChoice = true;
                        regex.append("(?:");
                    }
                    case '}' -> regex.append(inChoice ? ")" : "\\}");
                    case ',' -> regex.append(inChoice ? '|' : ',');
                    case '\\' -> {
                        if (at == name.length()) {
                            throw invalid("a backslash with nothing behind it");
                        }
                        literal(name.charAt(at++));
                    }
                    default -> literal(c);
                }
                inChoice &= c != '}';
            }
            if (inChoice) {
                throw invalid("'{' without '}' in the same name");
            }
            try {
                return Pattern.compile(regex.toString(), Pattern.DOTALL);
            } catch (PatternSyntaxException e) {
                throw invalid(e.getDescription());
            }
        }

        private String star() throws ChunkException {
            if (++stars > MAX_STARS) {
                throw invalid("more than " + MAX_STARS + " '*' in one name");
            }
            return ".*";
        }

        private void charClass() throws ChunkException {
            int end = name.indexOf(']', at + 1);
            if (end < 0) {
                throw invalid("'[' without ']' in the same name");
            }
            String members = name.substring(at, end);
            boolean negated = members.startsWith("!");
            regex.append(negated ? "[^" : "[");
            for (char member : members.substring(negated ? 1 : 0).toCharArray()) {
                // A hyphen keeps its meaning; everything that means more to a regex than to a glob loses it.
                regex.append("\\[]&^".indexOf(member) >= 0 ? "\\" : "").append(member);
            }
            regex.append(']');
            at = end + 1;
        }

        private void literal(char c) {
            if ("\\.[]{}()*+-?^$|&".indexOf(c) >= 0) {
                regex.append('\\');
            }
            regex.append(c);
        }

        private ChunkException invalid(String why) {
            return new ChunkException(ChunkException.Kind.INVALID, "not a pattern: " + glob + " (" + why + ")");
        }
    }
}
