package io.tidepool.agent.catalog;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Which components of keys can be file names (promises N1 and N2). */
final class Names {
    /** What Linux allows. */
    private static final int MAX_NAME_BYTES = 255;

    /** What OSS allows. */
    static final int MAX_KEY_BYTES = 1023;

    private Names() {}

    /** Why {@code component} can't be shown, as the label {@code reason} of the metric; null if it can. */
    static @Nullable String whyHidden(String component) {
        if (component.isEmpty()) {
            return "empty";
        }
        if (component.equals(".") || component.equals("..")) {
            return "dots";
        }
        if (component.indexOf('\0') >= 0) {
            return "nul";
        }
        int bytes = utf8Length(component);
        if (bytes < 0) {
            return "not_utf8";
        }
        return bytes > MAX_NAME_BYTES ? "too_long" : null;
    }

    /** Length in UTF-8; -1 if it has none, as what was decoded from other bytes. */
    static int utf8Length(String text) {
        try {
            return StandardCharsets.UTF_8
                    .newEncoder()
                    .encode(CharBuffer.wrap(text))
                    .remaining();
        } catch (CharacterCodingException e) {
            return -1;
        }
    }
}
