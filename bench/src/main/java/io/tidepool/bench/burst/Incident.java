package io.tidepool.bench.burst;

import io.tidepool.agent.cli.CommandFailure;
import io.tidepool.bench.lab.JavaProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One fault that happens to a fleet while it loads, in a thread of its own. It strikes after a while, and heals when its time
 * is over or the burst is.
 */
final class Incident {
    /** What an agent decided as tracker. */
    private static final String DECIDED = "tidepool_tracker_decisions_total";

    /** How fetches from peers ended; labels follow. */
    private static final String FETCHES = "tidepool_peer_fetches_total";

    private static final int SLOWER = 10;
    private static final int SPOIL_AGAIN_MILLIS = 300;

    private final Fault fault;
    private final Fleet fleet;
    private final int hosts;
    private final BurstPlan plan;
    private final Thread thread = new Thread(this::happen, "incident");
    private int victim;
    private volatile boolean fired;
    private volatile String failure = "";
    private double noticedBefore;
    /** What peers must notice has happened. */
    private volatile boolean struck;

    private final List<Double> decidedBefore = new ArrayList<>();

    /**
     * @param fault that hosts from 0 to {@code hosts - 1} of the fleet may suffer
     */
    Incident(Fault fault, Fleet fleet, int hosts, BurstPlan plan) {
        this.fault = fault;
        this.fleet = fleet;
        this.hosts = hosts;
        this.plan = plan;
        this.victim = plan.victimOf(hosts);
    }

    /** The burst starts now. */
    void start() throws InterruptedException {
        if (fault == Fault.SLOW_LINK) {
            fleet.network().limit(victim, plan.nicBits() / SLOWER);
            fired = true;
        } else if (fault == Fault.BUSY) {
            noticedBefore = noticed();
            struck = true;
        } else if (fault != Fault.NONE) {
            for (int host = 0; fault == Fault.KILL_TRACKER && host < hosts; host++) {
                decidedBefore.add(decided(host));
            }
            thread.start();
        }
    }

    private void happen() {
        try {
            Thread.sleep((long) (1000 * plan.boundSeconds() / 4));
            strike();
            if (fault.seconds() > 0) {
                try {
                    Thread.sleep(1000L * fault.seconds());
                } finally {
                    heal();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the burst is over
        } catch (RuntimeException e) {
            failure = String.valueOf(e.getMessage());
        }
    }

    private void strike() throws InterruptedException {
        switch (fault) {
            case KILL -> kill();
            case KILL_TRACKER -> {
                victim = busiestTracker();
                kill();
            }
            case STOP -> {
                process().freeze();
                fired = true;
            }
            case PARTITION -> {
                fleet.network().part(half(0), half(1));
                fired = !fleet.network().reaches(0, hosts - 1, Fleet.DATA_PORT)
                        && fleet.network().reaches(0, 1, Fleet.DATA_PORT);
            }
            case ORIGIN_503 -> fleet.bucket().refuse();
            case LIE -> spoilUntilNoticed(CacheRot::falsify);
            case ANOTHER_VERSION -> spoilUntilNoticed(CacheRot::replace);
            case SHORT -> spoilUntilNoticed(CacheRot::cut);
            case NONE, SLOW_LINK, BUSY -> {}
        }
    }

    private void heal() throws InterruptedException {
        switch (fault) {
            case STOP -> process().thaw();
            case PARTITION -> fleet.network().join(half(0), half(1));
            case ORIGIN_503 -> fired = fleet.bucket().clearFaults() > 0;
            case NONE, KILL, KILL_TRACKER, SLOW_LINK, LIE, ANOTHER_VERSION, SHORT, BUSY -> {}
        }
    }

    /** What it had may be with all others already: what comes after that is spoiled, too. */
    private void spoilUntilNoticed(CacheRot rot) throws InterruptedException {
        noticedBefore = noticed();
        rot(rot);
        struck = true;
        while (noticed() <= noticedBefore) {
            Thread.sleep(SPOIL_AGAIN_MILLIS);
            rot(rot);
        }
    }

    private void rot(CacheRot rot) {
        try {
            rot.spoil(fleet.agents().get(victim).cacheDirectory());
        } catch (IOException e) {
            throw new CommandFailure("can't spoil a cache: " + e.getMessage(), e);
        }
    }

    /** How often the others had to notice what is wrong with the victim; 0 for faults that show otherwise. */
    private double noticed() throws InterruptedException {
        String outcome = fault.noticedAs();
        double times = 0;
        for (int host = 0; host < hosts && !outcome.isEmpty(); host++) {
            if (host != victim) {
                times += fleet.agents().get(host).metrics().getOrDefault(FETCHES + "{result=\"" + outcome + "\"}", 0.0);
            }
        }
        return times;
    }

    private void kill() {
        fired = process().isAlive();
        process().kill();
    }

    private JavaProcess process() {
        return fleet.agents().get(victim).process();
    }

    private int busiestTracker() throws InterruptedException {
        int busiest = 0;
        double most = -1;
        for (int host = 0; host < hosts; host++) {
            double decided = decided(host) - decidedBefore.get(host);
            if (decided > most) {
                busiest = host;
                most = decided;
            }
        }
        if (most <= 0) {
            throw new CommandFailure("no agent decided anything as a tracker, says " + DECIDED);
        }
        return busiest;
    }

    private double decided(int host) throws InterruptedException {
        return fleet.agents().get(host).metrics().getOrDefault(DECIDED, 0.0);
    }

    private List<Integer> half(int which) {
        return IntStream.range(which * hosts / 2, (which + 1) * hosts / 2)
                .boxed()
                .toList();
    }

    /** Those loads that must end well: all, but those of a host that is killed or lies. */
    List<HostLoad> expectedOf(List<HostLoad> loads) {
        List<HostLoad> expected = new ArrayList<>(loads);
        if (fault.spoilsVictims()) {
            expected.remove(victim);
        }
        return expected;
    }

    /** The host whose own load the fault makes late; empty: none. */
    String delayed() {
        return fault.delaysVictims() ? fleet.network().hosts().get(victim).name() : "";
    }

    /** The burst is over, and so is this. */
    void end() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }

    /** @throws CommandFailure if it did not happen: what is not broken proves nothing */
    void requireFired() throws InterruptedException {
        if (struck) {
            fired = noticed() > noticedBefore;
        }
        if (fault != Fault.NONE && !fired) {
            throw new CommandFailure("the fault " + fault + " did not happen: "
                    + (failure.isEmpty() ? struck ? "no peer noticed it" : "the burst was over too soon" : failure));
        }
    }
}
