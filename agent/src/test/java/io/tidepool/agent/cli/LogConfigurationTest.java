package io.tidepool.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.util.Objects;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configurator;
import org.junit.jupiter.api.Test;

/** A broken log configuration stops nothing: Log4j complains on standard error and logs nothing more. */
final class LogConfigurationTest {
    @Test
    void theLogsConfigurationIsUnderstood() throws Exception {
        URL file = Objects.requireNonNull(Tidepool.class.getResource("/log4j2.xml"));
        try (LoggerContext context = Configurator.initialize("test", null, file.toURI())) {
            assertThat(context.getConfiguration().getLoggers())
                    .containsKeys("io.tidepool", "io.netty.bootstrap", "org.jgroups");
            assertThat(context.getConfiguration().getRootLogger().getLevel()).isEqualTo(Level.WARN);
            assertThat(context.getConfiguration().getAppenders()).containsKeys("text", "json");
            // JGroups names its loggers after the class, also those of ours that extend its own.
            assertThat(context.getConfiguration()
                            .getLoggerConfig("io.tidepool.agent.peer.CellTransport")
                            .getLevel())
                    .isEqualTo(Level.FATAL);
        }
    }
}
