package io.tidepool.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidepool.emulator.fault.ActiveFault;
import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.fault.FaultRule;
import io.tidepool.emulator.fault.Faults;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultRuleTest {

    private static final Fault FAULT = Fault.status(500, "InternalError");

    private final Faults faults = new Faults();

    @Test
    void matchesKeysByGlob() {
        faults.add(FaultRule.on("models/*.bin", FAULT));
        assertThat(draw("GET", "models/a/b.bin")).isTrue();
        assertThat(draw("GET", "models/b.bin.x")).isFalse();
        assertThat(draw("GET", "models/bxbin")).isFalse();
        faults.add(FaultRule.on("?.[x]", FAULT));
        assertThat(draw("GET", "模.[x]")).isTrue();
        assertThat(draw("GET", "ab.[x]")).isFalse();
    }

    @Test
    void matchesMethods() {
        faults.add(FaultRule.on("k", FAULT).method("LIST"));
        assertThat(draw("GET", "k")).isFalse();
        assertThat(draw("LIST", "k")).isTrue();
        faults.clear();
        faults.add(FaultRule.on("*", FAULT).method("*"));
        assertThat(draw("PUT", "")).isTrue();
    }

    @Test
    void matchesRangesThatOverlap() {
        faults.add(FaultRule.on("k", FAULT).range(100, 199));
        assertThat(faults.draw("GET", "k", 0, 100)).isEmpty();
        assertThat(faults.draw("GET", "k", 0, 101)).isPresent();
        assertThat(faults.draw("GET", "k", 199, 1)).isPresent();
        assertThat(faults.draw("GET", "k", 200, 1)).isEmpty();
        assertThat(faults.draw("GET", "k", 0, Long.MAX_VALUE)).isPresent();
    }

    @Test
    void countsAfterAndTimes() {
        ActiveFault active = faults.add(FaultRule.on("k", FAULT).after(2).times(3));
        List<Boolean> drawn = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            drawn.add(draw("GET", "k"));
        }
        assertThat(drawn).containsExactly(false, false, true, true, true, false, false);
        assertThat(active.matched()).isEqualTo(7);
        assertThat(active.fired()).isEqualTo(3);
    }

    @Test
    void probabilityRepeatsWithItsSeed() {
        List<Boolean> first = drawMany(5);
        assertThat(drawMany(5)).isEqualTo(first);
        assertThat(drawMany(6)).isNotEqualTo(first);
        assertThat(first.stream().filter(fired -> fired).count()).isBetween(200L, 400L);
    }

    private List<Boolean> drawMany(long seed) {
        faults.clear();
        faults.add(FaultRule.on("k", FAULT).probability(0.3, seed));
        List<Boolean> drawn = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            drawn.add(draw("GET", "k"));
        }
        return drawn;
    }

    @Test
    void theFirstRuleThatFiresDecides() {
        faults.add(FaultRule.on("k", Fault.status(403, "A")).times(1));
        faults.add(FaultRule.on("k", Fault.status(404, "B")));
        assertThat(faults.draw("GET", "k", 0, 0).orElseThrow().status()).isEqualTo(403);
        assertThat(faults.draw("GET", "k", 0, 0).orElseThrow().status()).isEqualTo(404);
    }

    @Test
    void refusesNonsense() {
        assertThatThrownBy(() -> Fault.status(200, "OK")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Fault.drip(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FaultRule.on("k", FAULT).probability(1.5, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FaultRule.on("k", FAULT).range(5, 4)).isInstanceOf(IllegalArgumentException.class);
    }

    private boolean draw(String method, String key) {
        return faults.draw(method, key, 0, 0).isPresent();
    }
}
