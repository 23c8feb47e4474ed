package io.tidepool.agent.origin;

import java.nio.charset.StandardCharsets;

/** Where a listing of OSS goes on. Stateless, so that a page may be asked for again after an outage. */
final class StartAfter {
    /** The longest key that OSS allows. */
    private static final int MAX_KEY_BYTES = 1023;

    /** The greatest code point: four bytes of UTF-8. */
    private static final String GREATEST = Character.toString(Character.MAX_CODE_POINT);

    private StartAfter() {}

    /**
     * The value of {@code start-after} with which the keys after {@code key} are listed; and perhaps {@code key} itself.
     *
     * <p>The SDK 3.18.5 trims the values of parameters in what it signs, but not in what it sends, so a value that ends
     * in a space is refused. The greatest string below such a key does not end in one.
     */
    static String key(String key) {
        char last = key.charAt(key.length() - 1);
        if (last > ' ' || last == 0) {
            return key;
        }
        return filled(key.substring(0, key.length() - 1) + (char) (last - 1));
    }

    /**
     * The value with which the keys after all those under {@code prefix} are listed.
     *
     * <p>"After {@code a/}" taken literally begins with {@code a/b}, which would roll up into {@code a/} once more.
     * {@code a/} filled up with the greatest character comes after it.
     */
    static String prefix(String prefix) {
        return filled(prefix);
    }

    private static String filled(String text) {
        int room = MAX_KEY_BYTES - text.getBytes(StandardCharsets.UTF_8).length;
        return text + GREATEST.repeat(Math.max(1, room / GREATEST.getBytes(StandardCharsets.UTF_8).length));
    }
}
