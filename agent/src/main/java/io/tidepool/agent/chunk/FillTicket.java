package io.tidepool.agent.chunk;

/** The urgency of one fill. It rises when a reader joins a fill that read-ahead began. Thread-safe. */
public final class FillTicket {
    private volatile Priority priority;

    public FillTicket(Priority priority) {
        this.priority = priority;
    }

    public Priority priority() {
        return priority;
    }

    /** Makes the fill a demand, wherever it waits. */
    public void promote() {
        priority = Priority.DEMAND;
    }
}
