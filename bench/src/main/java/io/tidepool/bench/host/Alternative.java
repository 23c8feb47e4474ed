package io.tidepool.bench.host;

import java.io.IOException;
import java.util.List;

/**
 * One way to get bytes.
 *
 * @param clients command lines, started all at once
 * @param deliveredBytes that the clients get together
 * @param before puts everything into the state that the measurement begins with; not measured
 * @param after undoes what should not weigh on the next measurement; not measured
 */
record Alternative(String name, List<List<String>> clients, long deliveredBytes, Step before, Step after) {

    /** Something to do with the rig. */
    @FunctionalInterface
    interface Step {
        void run() throws IOException, InterruptedException;
    }

    Run measure(Rig rig) throws IOException, InterruptedException {
        before.run();
        Run run = rig.measure(clients, deliveredBytes);
        after.run();
        return run;
    }
}
