package io.tidepool.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class FailureLogTest {
    private static final String LOGGER = "io.tidepool.FailureLogTest";

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private final AbstractAppender appender = new AbstractAppender("lines", null, null, true, Property.EMPTY_ARRAY) {
        @Override
        public void append(LogEvent event) {
            lines.add(event.getLevel() + " " + event.getMessage().getFormattedMessage());
        }
    };
    private final FailureLog log = new FailureLog(LoggerFactory.getLogger(LOGGER), nanos::get);

    @BeforeEach
    void capture() {
        appender.start();
        ((Logger) LogManager.getLogger(LOGGER)).addAppender(appender);
    }

    @AfterEach
    void release() {
        ((Logger) LogManager.getLogger(LOGGER)).removeAppender(appender);
        appender.stop();
    }

    @Test
    void writesALineAKindInTenSecondsAndSaysHowManyItLeftOut() {
        for (int i = 0; i < 5; i++) {
            log.report(new ChunkException(Kind.UNAVAILABLE, "away " + i));
        }
        log.report(new ChunkException(Kind.ACCESS_DENIED, "denied"));
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(11));
        log.report(new ChunkException(Kind.UNAVAILABLE, "away still"));
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(11));
        log.report(new ChunkException(Kind.UNAVAILABLE, "away {} again"));

        assertThat(lines)
                .containsExactly(
                        "WARN away 0",
                        "WARN denied",
                        "WARN away still (4 more like it since the last line)",
                        "WARN away {} again");
    }
}
