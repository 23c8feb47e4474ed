package io.tidepool.emulator.fault;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The rules in force, asked in the order they were added; the first that fires decides. Thread-safe. */
public final class Faults {

    private final CopyOnWriteArrayList<ActiveFault> rules = new CopyOnWriteArrayList<>();
    private final AtomicInteger lastId = new AtomicInteger();

    public ActiveFault add(FaultRule rule) {
        ActiveFault active = new ActiveFault(lastId.incrementAndGet(), rule);
        rules.add(active);
        return active;
    }

    /** Whether it was in force. */
    public boolean remove(ActiveFault fault) {
        return rules.remove(fault);
    }

    public boolean remove(int id) {
        return rules.removeIf(rule -> rule.id() == id);
    }

    public void clear() {
        rules.clear();
    }

    public List<ActiveFault> all() {
        return List.copyOf(rules);
    }

    /** The fault that befalls this request, if any; counts it as fired. */
    public Optional<Fault> draw(String method, String key, long offset, long length) {
        for (ActiveFault rule : rules) {
            if (rule.befalls(method, key, offset, length)) {
                return Optional.of(rule.rule().fault());
            }
        }
        return Optional.empty();
    }
}
