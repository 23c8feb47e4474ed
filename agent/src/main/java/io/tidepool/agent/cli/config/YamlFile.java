package io.tidepool.agent.cli.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A YAML document, and the line that each of its keys stands on. */
final class YamlFile {
    /** YAML 1.1 takes {@code off}, {@code no} and such for booleans: a policy {@code off} would read as false. */
    private static final YAMLMapper MAPPER = YAMLMapper.builder()
            .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
            .build();

    private static final Pattern LINE = Pattern.compile(", line (\\d+),");

    private final String name;
    private final JsonNode root;
    private final Map<String, Integer> lines;

    private YamlFile(String name, JsonNode root, Map<String, Integer> lines) {
        this.name = name;
        this.root = root;
        this.lines = lines;
    }

    static YamlFile read(Path file) throws ConfigException {
        try {
            return parse(file.toString(), Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new ConfigException(file + ": no such file");
        } catch (CharacterCodingException e) {
            throw new ConfigException(file + ": not UTF-8 text");
        } catch (IOException e) {
            throw new ConfigException(file + ": can't read it: " + e.getMessage());
        }
    }

    /** @param name of the file, for messages */
    static YamlFile parse(String name, String text) throws ConfigException {
        try (JsonParser parser = MAPPER.getFactory().createParser(text)) {
            Map<String, Integer> lines = new HashMap<>();
            if (parser.nextToken() != null) {
                index(parser, "", name, lines);
            }
            JsonNode root = MAPPER.readTree(text);
            return new YamlFile(name, root, lines);
        } catch (JsonProcessingException e) {
            throw new ConfigException(name + ":" + line(e) + ": not YAML: " + reason(e));
        } catch (IOException e) {
            throw new IllegalStateException("a string can be read", e);
        }
    }

    /** The last line that the parser names is where it gave up; its location is where the last good token ended. */
    private static String line(JsonProcessingException e) {
        return LINE.matcher(e.getOriginalMessage())
                .results()
                .map(match -> match.group(1))
                .reduce(String.valueOf(e.getLocation().getLineNr()), (first, second) -> second);
    }

    /** The parser's own words, without the excerpt it adds: that may show a secret. */
    private static String reason(JsonProcessingException e) {
        return e.getOriginalMessage()
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith(" "))
                .collect(Collectors.joining(", "));
    }

    private static void index(JsonParser parser, String path, String name, Map<String, Integer> lines)
            throws IOException, ConfigException {
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String key = join(path, parser.currentName());
                int line = parser.currentTokenLocation().getLineNr();
                Integer before = lines.putIfAbsent(key, line);
                if (before != null) {
                    throw new ConfigException(
                            name + ":" + line + ": '" + key + "' is here a second time, first in line " + before);
                }
                parser.nextToken();
                index(parser, key, name, lines);
            }
        } else if (parser.currentToken() == JsonToken.START_ARRAY) {
            for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                String item = path + "[" + i + "]";
                lines.put(item, parser.currentTokenLocation().getLineNr());
                index(parser, item, name, lines);
            }
        }
    }

    static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    JsonNode root() {
        return root;
    }

    /** A failure that points at {@code path}, or, where the file hasn't it, at the nearest section around it. */
    ConfigException wrong(String path, String message) {
        String at = path;
        while (!at.isEmpty() && !lines.containsKey(at)) {
            at = at.substring(0, Math.max(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['))));
        }
        return new ConfigException(name + ":" + lines.getOrDefault(at, 1) + ": " + message);
    }
}
