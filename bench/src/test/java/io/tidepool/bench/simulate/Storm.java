package io.tidepool.bench.simulate;

import java.util.EnumSet;
import java.util.List;
import java.util.Random;

/**
 * A small fleet and what befalls it, all from one seed: messages that are late, out of order or lost, hosts that die and
 * come back, hosts that lie, a cell that is cut in two, a bucket that answers 503.
 */
final class Storm {
    private static final long SECOND = 1_000_000_000L;
    /** All faults but those of the hosts themselves are over then. */
    private static final long CALM_NANOS = 40 * SECOND;
    /** By then every load must have ended. */
    static final long LIMIT_NANOS = 400 * SECOND;

    private static final List<Behaviour> LIARS = List.copyOf(EnumSet.complementOf(EnumSet.of(Behaviour.HONEST)));

    private final Cell cell;
    private final Random random;
    int crashes;
    int restarts;
    int liars;
    boolean partition;
    boolean outage;
    private final double loss;
    private final long delayNanos;
    private long cutFrom = Long.MAX_VALUE;
    private long cutUntil = Long.MAX_VALUE;
    private int cutAt;
    private long outageFrom = Long.MAX_VALUE;
    private long outageUntil = Long.MAX_VALUE;

    Storm(long seed) {
        random = new Random(seed ^ 0x5707_4DL);
        int hosts = 3 + random.nextInt(10);
        long bytes = (1 + random.nextInt(40)) * (8L << 20) + random.nextInt(8 << 20);
        FleetPlan plan = new FleetPlan(hosts, bytes, 200e6, 400e6, 8, 12, 1_000_000, 20_000_000, seed);
        loss = random.nextInt(3) == 0 ? random.nextDouble() * 0.05 : 0;
        delayNanos = random.nextInt(3) == 0 ? random.nextInt(500_000_000) : 2_000_000;
        Behaviour[] behaviours = new Behaviour[hosts];
        for (int i = 0; i < hosts; i++) {
            behaviours[i] = Behaviour.HONEST;
        }
        if (random.nextInt(2) == 0) {
            liars = 1 + random.nextInt(Math.max(1, hosts / 3));
            for (int i = 0; i < liars; i++) {
                behaviours[i] = LIARS.get(random.nextInt(LIARS.size()));
            }
        }
        cell = new Cell(plan, number -> behaviours[number]);
        cell.setWeather(new Gusts());
        plan(hosts);
    }

    private void plan(int hosts) {
        for (int i = random.nextInt(3); i > 0; i--) {
            cell.queue().at(random.nextLong(20 * SECOND), this::crash);
        }
        if (random.nextInt(3) == 0) {
            partition = true;
            cutAt = 1 + random.nextInt(hosts - 1);
            cutFrom = random.nextLong(10 * SECOND);
            cutUntil = cutFrom + random.nextLong(20 * SECOND);
            cell.queue().at(cutFrom, cell::membershipChanges);
            cell.queue().at(cutUntil, cell::membershipChanges);
        }
        if (random.nextInt(4) == 0) {
            outage = true;
            outageFrom = random.nextLong(5 * SECOND);
            outageUntil = outageFrom + random.nextLong(35 * SECOND);
        }
    }

    private void crash() {
        List<SimHost> alive = cell.hosts().stream().filter(SimHost::isAlive).toList();
        if (alive.size() > 1) {
            SimHost victim = alive.get(random.nextInt(alive.size()));
            crashes++;
            cell.kill(victim);
            if (random.nextBoolean()) {
                cell.queue().in(random.nextLong(5 * SECOND), () -> {
                    restarts++;
                    cell.restart(victim, victim.behaviour());
                });
            }
        }
    }

    /** Runs it to the end; every host that is alive must have come to one by then. */
    Cell run() {
        cell.run(LIMIT_NANOS);
        return cell;
    }

    private final class Gusts implements Weather {
        private boolean isCalm() {
            return cell.queue().now() > CALM_NANOS;
        }

        @Override
        public long messageNanos(SimHost from, SimHost to) {
            return !isCalm() && random.nextDouble() < loss ? -1 : 500_000 + random.nextLong(delayNanos);
        }

        @Override
        public boolean connects(SimHost one, SimHost other) {
            long now = cell.queue().now();
            return now < cutFrom || now >= cutUntil || side(one) == side(other);
        }

        private boolean side(SimHost host) {
            return host.number() < cutAt;
        }

        @Override
        public boolean originFails() {
            long now = cell.queue().now();
            return now >= outageFrom && now < outageUntil;
        }
    }
}
