package io.tidepool.agent.cli.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The kinds of values that keys have: how each is written, read and described. */
final class Values {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");

    private Values() {}

    /** Whether {@code type} is written as one value although it is a record. */
    static boolean isValue(Class<?> type) {
        return type == DataSize.class || type == HostPort.class;
    }

    /** @throws IllegalArgumentException with one line that says what is accepted */
    static Object parse(Class<?> type, String text) {
        if (type == String.class) {
            return text;
        } else if (type == boolean.class) {
            return bool(text);
        } else if (type == int.class) {
            return integer(text);
        } else if (type == double.class) {
            return fraction(text);
        } else if (type == DataSize.class) {
            return DataSize.parse(text);
        } else if (type == Duration.class) {
            return duration(text);
        } else if (type == HostPort.class) {
            return HostPort.parse(text);
        } else if (type == Path.class) {
            return path(text);
        } else if (type.isEnum()) {
            return constant(type, text);
        }
        throw new IllegalStateException("no key may be a " + type);
    }

    /** The kind of value in words, for the reference. */
    static String describe(Class<?> type) {
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants()).map(Values::word).collect(Collectors.joining(", "));
        }
        return switch (type.getSimpleName()) {
            case "String" -> "text";
            case "boolean" -> "true or false";
            case "int" -> "number";
            case "double" -> "fraction";
            case "DataSize" -> "size";
            case "Duration" -> "duration";
            case "HostPort" -> "HOST:PORT";
            case "Path" -> "absolute path";
            default -> throw new IllegalStateException("no key may be a " + type);
        };
    }

    /** An enum constant as the file spells it: {@code ECS_ROLE} is {@code ecs-role}. */
    static String word(Object constant) {
        return constant.toString().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** How a duration is written in the file. */
    static String text(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }

    /** A {@link Setting}'s meaning without its Markdown. */
    static String plain(String markdown) {
        return markdown.replace("`", "");
    }

    private static Object constant(Class<?> type, String text) {
        for (Object constant : type.getEnumConstants()) {
            if (word(constant).equals(text)) {
                return constant;
            }
        }
        throw new IllegalArgumentException("'" + text + "' is none of " + describe(type));
    }

    private static boolean bool(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("'" + text + "' is neither true nor false");
        };
    }

    private static int integer(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not a whole number");
        }
    }

    private static double fraction(String text) {
        try {
            double value = Double.parseDouble(text);
            if (value >= 0 && value <= 1) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException("'" + text + "' is not a fraction from 0 to 1");
    }

    private static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a duration: write a number with ms, s, m, h or d");
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }

    /** Relative paths would depend on where the agent was started. */
    private static Path path(String text) {
        Path path = Path.of(text);
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("'" + text + "' is not an absolute path");
        }
        return path.normalize();
    }
}
