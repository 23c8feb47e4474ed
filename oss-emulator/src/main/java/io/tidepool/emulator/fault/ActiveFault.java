package io.tidepool.emulator.fault;

import java.util.Random;
import java.util.regex.Pattern;

/** A rule at work, and how often it fired. Thread-safe. */
public final class ActiveFault {

    private final int id;
    private final FaultRule rule;
    private final Pattern key;
    private final Random random;
    private long matched;
    private long fired;

    ActiveFault(int id, FaultRule rule) {
        this.id = id;
        this.rule = rule;
        this.key = glob(rule.key());
        this.random = new Random(rule.seed());
    }

    /** For the control port. */
    public int id() {
        return id;
    }

    public FaultRule rule() {
        return rule;
    }

    /** How many requests fitted the rule's key, method and range. */
    public synchronized long matched() {
        return matched;
    }

    /** How many of them it befell. */
    public synchronized long fired() {
        return fired;
    }

    /** @param length bytes asked for; 0 if the request is not about bytes of an object */
    boolean befalls(String method, String requestKey, long offset, long length) {
        boolean matches = (rule.method().equals("*") || rule.method().equals(method))
                && key.matcher(requestKey).matches()
                && (length == 0 || (offset <= rule.rangeTo() && offset + length > rule.rangeFrom()));
        return matches && draw();
    }

    private synchronized boolean draw() {
        matched++;
        boolean fires = matched > rule.after()
                && fired < rule.times()
                && (rule.probability() >= 1 || random.nextDouble() < rule.probability());
        if (fires) {
            fired++;
        }
        return fires;
    }

    private static Pattern glob(String glob) {
        StringBuilder regex = new StringBuilder();
        glob.codePoints().forEach(c -> {
            switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                default -> regex.append(Pattern.quote(Character.toString(c)));
            }
        });
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }
}
