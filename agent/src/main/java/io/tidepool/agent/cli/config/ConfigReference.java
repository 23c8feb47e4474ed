package io.tidepool.agent.cli.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.List;

/** Writes docs/CONFIGURATION.md from the records, so that it can't differ from what is read. */
public final class ConfigReference {
    private static final String INTRODUCTION = """
            # Configuration

            The agent reads one YAML file. `./tidepool config check FILE` says whether it is right, and with `--show` what is
            in force, defaults included. [deploy/tidepool.example.yaml](../deploy/tidepool.example.yaml) is one to start from.

            A key that isn't here is an error, so a typing error can't pass for a default. A *size* is a number with `KiB`,
            `MiB`, `GiB` or `TiB` (powers of 1,024; `GB` and its like are powers of 1,000); a *duration* one with `ms`, `s`, `m`, `h` or `d`; a *fraction* is from 0 to 1. Secrets never
            stand in this file: `credentials.type` says where they are.

            This page is made from the code (`./tidepool config reference`); a test compares them.
            """;

    private ConfigReference() {}

    /** The whole page, in Markdown. */
    public static String markdown() {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        for (RecordComponent section : AgentConfig.class.getRecordComponents()) {
            section(page, "## ", section, section.getName());
        }
        return page.toString();
    }

    private static void section(StringBuilder page, String heading, RecordComponent component, String path) {
        Class<?> type = itemType(component);
        boolean isList = component.getType() == List.class;
        page.append('\n')
                .append(heading)
                .append('`')
                .append(path)
                .append(isList ? "[]`" : "`")
                .append("\n\n");
        page.append(setting(component).value()).append(isList ? " A list.\n\n" : "\n\n");
        page.append("| key | type | default | meaning |\n| --- | --- | --- | --- |\n");
        for (RecordComponent key : type.getRecordComponents()) {
            if (!isSection(key)) {
                row(page, key);
            }
        }
        for (RecordComponent key : type.getRecordComponents()) {
            if (isSection(key)) {
                section(page, heading.replaceFirst("#", "##"), key, path + (isList ? "[]." : ".") + key.getName());
            }
        }
    }

    private static void row(StringBuilder page, RecordComponent key) {
        Setting setting = setting(key);
        String fallback = switch (setting.fallback()) {
            case Setting.NONE -> setting.optional() || key.getType() == List.class ? "none" : "**must be set**";
            case "" -> "empty";
            default -> "`" + setting.fallback() + "`";
        };
        page.append("| `")
                .append(key.getName())
                .append("` | ")
                .append(key.getType() == List.class ? "list of " : "")
                .append(Values.describe(itemType(key)));
        page.append(" | ")
                .append(fallback)
                .append(" | ")
                .append(setting.value())
                .append(" |\n");
    }

    private static Setting setting(RecordComponent component) {
        Setting setting = component.getAnnotation(Setting.class);
        if (setting == null) {
            throw new IllegalStateException("key without a @Setting: " + component);
        }
        return setting;
    }

    private static boolean isSection(RecordComponent key) {
        return key.getType().isRecord() && !Values.isValue(key.getType());
    }

    private static Class<?> itemType(RecordComponent component) {
        return component.getType() == List.class
                ? (Class<?>) ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0]
                : component.getType();
    }
}
