package io.tidepool.emulator.fault;

/**
 * Which requests a fault befalls: those to objects whose key, method and range match; of these, how many.
 *
 * @param key a glob over the whole key: {@code *} and {@code ?} match slashes too
 * @param method GET, HEAD, META, PUT, COPY, APPEND, PART, MULTIPART, DELETE, LIST or OTHER; {@code *} for all
 * @param rangeFrom the first byte and
 * @param rangeTo the last byte of the object of which a request must touch at least one; ignored for an empty object
 * @param after how many matching requests pass unharmed first
 * @param times how often it fires at most
 * @param probability 0 to 1, drawn per matching request from a generator seeded with
 * @param seed so that a run can be repeated
 */
public record FaultRule(
        String key,
        String method,
        long rangeFrom,
        long rangeTo,
        long after,
        long times,
        double probability,
        long seed,
        Fault fault) {

    public FaultRule {
        if (after < 0 || times < 0 || rangeFrom < 0 || rangeTo < rangeFrom || !(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException(
                    "a fault rule needs 0 <= rangeFrom <= rangeTo, after and times not negative,"
                            + " and a probability from 0 to 1");
        }
    }

    /** Befalls every GET of the keys that match the glob. */
    public static FaultRule on(String keyGlob, Fault fault) {
        return new FaultRule(keyGlob, "GET", 0, Long.MAX_VALUE, 0, Long.MAX_VALUE, 1, 0, fault);
    }

    public FaultRule method(String newMethod) {
        return new FaultRule(key, newMethod, rangeFrom, rangeTo, after, times, probability, seed, fault);
    }

    /** Both ends inclusive. */
    public FaultRule range(long from, long to) {
        return new FaultRule(key, method, from, to, after, times, probability, seed, fault);
    }

    public FaultRule after(long passes) {
        return new FaultRule(key, method, rangeFrom, rangeTo, passes, times, probability, seed, fault);
    }

    public FaultRule times(long atMost) {
        return new FaultRule(key, method, rangeFrom, rangeTo, after, atMost, probability, seed, fault);
    }

    public FaultRule probability(double chance, long newSeed) {
        return new FaultRule(key, method, rangeFrom, rangeTo, after, times, chance, newSeed, fault);
    }
}
