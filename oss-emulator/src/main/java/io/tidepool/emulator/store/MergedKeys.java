package io.tidepool.emulator.store;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Two sorted key iterators as one, each key once. */
final class MergedKeys implements Iterator<String> {

    private final Iterator<String> left;
    private final Iterator<String> right;
    private @Nullable String leftHead;
    private @Nullable String rightHead;

    MergedKeys(Iterator<String> left, Iterator<String> right) {
        this.left = left;
        this.right = right;
        this.leftHead = pull(left);
        this.rightHead = pull(right);
    }

    @Override
    public boolean hasNext() {
        return leftHead != null || rightHead != null;
    }

    @Override
    public String next() {
        String l = leftHead;
        String r = rightHead;
        if (l == null && r == null) {
            throw new NoSuchElementException();
        }
        int order = l == null ? 1 : r == null ? -1 : KeyOrder.UTF_8.compare(l, r);
        String key = java.util.Objects.requireNonNull(order <= 0 ? l : r);
        if (order <= 0) {
            leftHead = pull(left);
        }
        if (order >= 0) {
            rightHead = pull(right);
        }
        return key;
    }

    private static @Nullable String pull(Iterator<String> keys) {
        return keys.hasNext() ? keys.next() : null;
    }
}
