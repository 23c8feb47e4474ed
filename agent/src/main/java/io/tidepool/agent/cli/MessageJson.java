package io.tidepool.agent.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * A protobuf message as one line of JSON: the contracts in {@code proto/} are the schema of every {@code --json}.
 *
 * <p>Unlike protobuf's own mapping, names stay as the contract writes them, 64-bit numbers are numbers, durations are
 * seconds and enum values are bare lower-case words ({@code "origin"}, not {@code "TIER_ORIGIN"}). A field without presence
 * is always there, one with presence only when set.
 */
public final class MessageJson {
    private static final ObjectMapper MAPPER = JsonMapper.builder().build();

    private MessageJson() {}

    /** One line, without the newline. */
    public static String line(Message message) {
        return printable(object(message).toString());
    }

    /** Any record, map or list as one line, for answers that are no message. */
    public static String line(Object value) {
        return printable(MAPPER.valueToTree(value).toString());
    }

    /** The same JSON, with escapes for what would rewrite a terminal: JSON itself wants that of C0 controls only. */
    private static String printable(String json) {
        StringBuilder out = new StringBuilder(json.length());
        json.codePoints().forEach(c -> {
            switch (Character.getType(c)) {
                case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> {
                    for (char unit : Character.toChars(c)) {
                        out.append(String.format("\\u%04x", (int) unit));
                    }
                }
                default -> out.appendCodePoint(c);
            }
        });
        return out.toString();
    }

    static ObjectNode object(Message message) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (field.isRepeated()) {
                ArrayNode array = node.putArray(field.getName());
                ((List<?>) message.getField(field)).forEach(item -> array.addPOJO(value(field, item)));
            } else if (!field.hasPresence() || message.hasField(field)) {
                node.putPOJO(field.getName(), value(field, message.getField(field)));
            }
        }
        return MAPPER.valueToTree(node);
    }

    private static Object value(FieldDescriptor field, Object value) {
        return switch (value) {
            case Timestamp t ->
                Instant.ofEpochSecond(t.getSeconds(), t.getNanos()).toString();
            case Duration d -> d.getSeconds() + d.getNanos() / 1e9;
            case Message m -> object(m);
            case EnumValueDescriptor e -> word(e);
            // A checksum has no sign, and 64 bits of it don't fit a JSON number.
            case Long l when field.getType() == FieldDescriptor.Type.FIXED64 -> Long.toUnsignedString(l);
            default -> value;
        };
    }

    private static String word(EnumValueDescriptor value) {
        String type =
                value.getType().getName().replaceAll("([a-z])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
        return value.getName().substring(type.length() + 1).toLowerCase(Locale.ROOT);
    }
}
