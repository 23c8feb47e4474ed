package io.tidepool.agent.cli.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns a YAML document into records: a section is a record, a key one of its components, its default what {@link
 * Setting} says. A key that no component has is an error.
 */
final class Binder {
    /** What people write when they want to put a secret into the file. */
    private static final Set<String> SECRETS = Set.of(
            "accesskeyid",
            "accesskeysecret",
            "secretaccesskey",
            "secretkey",
            "secret",
            "securitytoken",
            "ststoken",
            "token",
            "password");

    private final YamlFile file;

    Binder(YamlFile file) {
        this.file = file;
    }

    <T extends Record> T bind(Class<T> type) throws ConfigException {
        return type.cast(record(type, file.root(), ""));
    }

    private Object record(Class<?> type, JsonNode node, String path) throws ConfigException {
        if (!node.isObject() && !absent(node)) {
            String what = path.isEmpty() ? "the file" : "'" + path + "'";
            throw file.wrong(path, what + " must be a section with the keys " + String.join(", ", names(type)));
        }
        rejectUnknownKeys(type, node, path);
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            RecordComponent component = components[i];
            values[i] = component(component, node.path(component.getName()), YamlFile.join(path, component.getName()));
        }
        return construct(type, components, values);
    }

    private void rejectUnknownKeys(Class<?> type, JsonNode node, String path) throws ConfigException {
        List<String> known = names(type);
        for (var names = node.fieldNames(); names.hasNext(); ) {
            String key = names.next();
            if (known.contains(key)) {
                continue;
            }
            String full = YamlFile.join(path, key);
            if (SECRETS.contains(key.toLowerCase(Locale.ROOT))) {
                throw file.wrong(
                        full,
                        "'" + full + "': secrets don't belong in this file; say where they are with credentials.type:"
                                + " env, file, rrsa or ecs-role");
            }
            String hint = Nearest.of(key, known)
                    .map(nearest -> "did you mean '" + nearest + "'?")
                    .orElse("known here: " + String.join(", ", known));
            throw file.wrong(full, "unknown key '" + full + "': " + hint);
        }
    }

    private @Nullable Object component(RecordComponent component, JsonNode node, String path) throws ConfigException {
        Setting setting = component.getAnnotation(Setting.class);
        Class<?> type = component.getType();
        boolean section = type.isRecord() && !Values.isValue(type);
        if (absent(node)) {
            if (setting.optional()) {
                return null;
            }
            if (!section && type != List.class) {
                if (setting.fallback().equals(Setting.NONE)) {
                    throw file.wrong(path, "'" + path + "' is missing: " + Values.plain(setting.value()));
                }
                return value(type, setting.fallback(), path);
            }
        }
        if (type == List.class) {
            return list(component.getGenericType(), node, path);
        }
        return section ? record(type, node, path) : scalar(type, node, path);
    }

    private List<Object> list(Type type, JsonNode node, String path) throws ConfigException {
        Class<?> item = (Class<?>) ((ParameterizedType) type).getActualTypeArguments()[0];
        if (!node.isArray() && !absent(node)) {
            throw file.wrong(path, "'" + path + "' must be a list: each item starts with '- '");
        }
        List<Object> items = new ArrayList<>();
        for (JsonNode each : node) {
            String at = path + "[" + items.size() + "]";
            items.add(Values.isValue(item) ? scalar(item, each, at) : record(item, each, at));
        }
        return List.copyOf(items);
    }

    private Object scalar(Class<?> type, JsonNode node, String path) throws ConfigException {
        if (!node.isValueNode()) {
            throw file.wrong(path, "'" + path + "' must be one value: " + Values.describe(type));
        }
        return value(type, node.asText(), path);
    }

    private Object value(Class<?> type, String text, String path) throws ConfigException {
        try {
            return Values.parse(type, text);
        } catch (IllegalArgumentException e) {
            throw file.wrong(path, "'" + path + "': " + e.getMessage());
        }
    }

    private static boolean absent(JsonNode node) {
        return node instanceof MissingNode || node.isNull();
    }

    static List<String> names(Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();
    }

    private static Object construct(Class<?> type, RecordComponent[] components, Object[] values) {
        try {
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (NoSuchMethodException | InstantiationException | IllegalAccessException e) {
            throw new IllegalStateException("a record has its canonical constructor: " + type, e);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("a configuration record checks nothing itself: " + type, e);
        }
    }
}
