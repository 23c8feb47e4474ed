package io.tidepool.bench.simulate;

import java.util.Arrays;

/** What happens next: events in the order of their times, and of their adding where those are equal. A 4-ary heap. */
final class EventQueue {
    private static final int ARITY = 4;

    /** Something that happens at a time. */
    @FunctionalInterface
    interface Event {
        void fire();
    }

    private long[] times = new long[1024];
    private long[] numbers = new long[1024];
    private Event[] events = new Event[1024];
    private int size;
    private long added;
    private long now;

    /** The time, in nanoseconds since the beginning. */
    long now() {
        return now;
    }

    /** How many events there have been, or will be. */
    long added() {
        return added;
    }

    void in(long nanos, Event event) {
        at(now + nanos, event);
    }

    void at(long time, Event event) {
        if (size == events.length) {
            times = Arrays.copyOf(times, size * 2);
            numbers = Arrays.copyOf(numbers, size * 2);
            events = Arrays.copyOf(events, size * 2);
        }
        long number = added++;
        int hole = size++;
        while (hole > 0) {
            int parent = (hole - 1) / ARITY;
            if (times[parent] <= time) {
                break; // equal times: the parent was added before
            }
            move(parent, hole);
            hole = parent;
        }
        set(hole, time, number, event);
    }

    /** Lets the next event happen; false if there is none. */
    boolean step() {
        if (size == 0) {
            return false;
        }
        Event next = events[0];
        now = times[0];
        removeFirst();
        next.fire();
        return true;
    }

    private void removeFirst() {
        size--;
        long time = times[size];
        long number = numbers[size];
        Event event = events[size];
        int hole = 0;
        while (true) {
            int least = hole * ARITY + 1;
            if (least >= size) {
                break;
            }
            int end = Math.min(least + ARITY, size);
            for (int child = least + 1; child < end; child++) {
                if (isBefore(times[child], numbers[child], times[least], numbers[least])) {
                    least = child;
                }
            }
            if (!isBefore(times[least], numbers[least], time, number)) {
                break;
            }
            move(least, hole);
            hole = least;
        }
        set(hole, time, number, event);
    }

    private static boolean isBefore(long time, long number, long otherTime, long otherNumber) {
        return time < otherTime || (time == otherTime && number < otherNumber);
    }

    private void move(int from, int to) {
        set(to, times[from], numbers[from], events[from]);
    }

    private void set(int at, long time, long number, Event event) {
        times[at] = time;
        numbers[at] = number;
        events[at] = event;
    }
}
