package io.tidepool.agent.origin;

import java.util.Comparator;

/**
 * The order of listings: that of the keys' UTF-8 bytes, which is that of their code points, and differs from
 * {@link String#compareTo} beyond the basic plane.
 */
public enum KeyOrder implements Comparator<String> {
    INSTANCE;

    @Override
    public int compare(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                // A surrogate stands for a code point above every character that is none.
                boolean surrogates = Character.isSurrogate(x) == Character.isSurrogate(y);
                return surrogates ? Character.compare(x, y) : Character.isSurrogate(x) ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }
}
