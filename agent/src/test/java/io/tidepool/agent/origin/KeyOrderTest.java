package io.tidepool.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyOrderTest {
    private static final List<String> KEYS = List.of(
            "",
            "a",
            "a-b",
            "a/",
            "a/b",
            "ab",
            "z",
            "\u00e9",
            "\ud7ff",
            "\ue000",
            "\uffff",
            "\ud83d\ude00",
            "\udbff\udfff");

    @Test
    void ordersLikeTheBytesOfUtf8() {
        for (String a : KEYS) {
            for (String b : KEYS) {
                int bytes =
                        Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
                assertThat(Integer.signum(KeyOrder.INSTANCE.compare(a, b)))
                        .as("%s and %s", a, b)
                        .isEqualTo(Integer.signum(bytes));
            }
        }
    }

    @Test
    void startAfterAPrefixSkipsAllUnderItAndNothingElse() {
        String start = StartAfter.prefix("a/");
        assertThat(KeyOrder.INSTANCE.compare(start, "a/" + "\udbff\udfff".repeat(50)))
                .isPositive();
        assertThat(KeyOrder.INSTANCE.compare(start, "a0")).isNegative();
        assertThat(start.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(1023);
    }

    @Test
    void startAfterAKeyThatEndsInASpaceLiesJustBelowIt() {
        String start = StartAfter.key("a ");
        assertThat(start).isEqualTo(start.trim());
        assertThat(KeyOrder.INSTANCE.compare(start, "a ")).isNegative();
        assertThat(KeyOrder.INSTANCE.compare(start, "a\u001fz")).isPositive();
        assertThat(StartAfter.key("a")).isEqualTo("a");
    }
}
