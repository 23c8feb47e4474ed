package io.tidepool.emulator.store;

import java.util.Comparator;

/**
 * The order of keys in a listing: by their UTF-8 bytes, which is by code points, which is not how {@link String}
 * compares (UTF-16 sorts U+FFFD after an emoji).
 */
public final class KeyOrder {

    public static final Comparator<String> UTF_8 = KeyOrder::compare;

    private KeyOrder() {}

    private static int compare(String a, String b) {
        int common = Math.min(a.length(), b.length());
        for (int i = 0; i < common; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean surrogateX = Character.isSurrogate(x);
                boolean surrogateY = Character.isSurrogate(y);
                return surrogateX == surrogateY ? Character.compare(x, y) : surrogateX ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /** The least string that is greater than every string starting with {@code prefix}. */
    static String after(String prefix) {
        int last = prefix.codePointBefore(prefix.length());
        String head = prefix.substring(0, prefix.length() - Character.charCount(last));
        if (last == Character.MAX_CODE_POINT) {
            return head.isEmpty() ? prefix + prefix : after(head);
        }
        int next = last + 1 == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : last + 1;
        return head + Character.toString(next);
    }
}
