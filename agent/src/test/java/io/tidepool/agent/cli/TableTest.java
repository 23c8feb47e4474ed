package io.tidepool.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void columnsAreAlignedAndNumbersToTheRight() {
        String table = new Table("NAME", ">SIZE", "ETAG")
                .row("a", "1.0 KiB", "e")
                .row("longer", "12 B", "")
                .toString();
        assertThat(table).isEqualTo("""
                NAME       SIZE  ETAG
                a       1.0 KiB  e
                longer     12 B
                """);
    }

    @Test
    void withoutNamesThereIsNoHeading() {
        assertThat(new Table("", "").row("key", "value").toString()).isEqualTo("key  value\n");
    }

    @Test
    void namesThatCouldRewriteTheTerminalAreEscaped() {
        assertThat(new Table("").row("a\nb\u001b[2J\u202egpj.\u6c49").toString())
                .isEqualTo("a\\u000ab\\u001b[2J\\u202egpj.\u6c49\n");
    }

    @Test
    void aRowMustFit() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Table("A", "B").row("1"));
    }
}
