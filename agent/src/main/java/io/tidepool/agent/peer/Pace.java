package io.tidepool.agent.peer;

/** Says when to give up on a peer that is alive. Asked at least every 100 ms, by the fill's thread. */
@FunctionalInterface
public interface Pace {
    /**
     * @param receivedBytes of the answer so far, those included that are not checked yet
     * @param nanos since the fetch began
     */
    boolean isTooSlow(int receivedBytes, long nanos);
}
