package io.tidepool.agent.cli.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;

/** Writes a configuration as YAML that reads back as the same: what is in force, defaults included. It holds no secret. */
public final class ConfigYaml {
    private static final YAMLMapper MAPPER = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
            .build();

    private ConfigYaml() {}

    public static String write(AgentConfig config) {
        try {
            return MAPPER.writeValueAsString(record(config));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values can be written", e);
        }
    }

    private static ObjectNode record(Record section) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        for (RecordComponent component : section.getClass().getRecordComponents()) {
            Object value = value(section, component);
            if (value != null) {
                node.set(component.getName(), node(value));
            }
        }
        return node;
    }

    private static JsonNode node(Object value) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (value) {
            case List<?> list -> {
                ArrayNode items = nodes.arrayNode();
                list.forEach(item -> items.add(node(item)));
                yield items;
            }
            case Boolean b -> nodes.booleanNode(b);
            case Integer i -> nodes.numberNode(i);
            case Double d -> nodes.numberNode(d);
            case Duration d -> nodes.textNode(Values.text(d));
            case Enum<?> constant -> nodes.textNode(Values.word(constant));
            case Record r when !Values.isValue(r.getClass()) -> record(r);
            default -> nodes.textNode(value.toString());
        };
    }

    private static Object value(Record section, RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(section);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("a record's accessor returns: " + component, e);
        }
    }
}
