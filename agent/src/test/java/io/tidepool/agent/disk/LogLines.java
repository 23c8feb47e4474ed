package io.tidepool.agent.disk;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** What a class logs at WARN and above while this is open. */
final class LogLines implements AutoCloseable {
    private final Logger logger;
    private final Collector collector = new Collector();
    private final Level levelBefore;

    private LogLines(Class<?> of) {
        logger = (Logger) LogManager.getLogger(of);
        levelBefore = logger.getLevel();
    }

    static LogLines capture(Class<?> of) {
        LogLines lines = new LogLines(of);
        lines.collector.start();
        lines.logger.addAppender(lines.collector);
        // After the appender, which gives the logger a configuration of its own.
        lines.logger.setLevel(Level.WARN);
        return lines;
    }

    List<String> lines() {
        return collector.lines;
    }

    @Override
    public void close() {
        logger.removeAppender(collector);
        logger.setLevel(levelBefore);
        collector.stop();
    }

    private static final class Collector extends AbstractAppender {
        private final List<String> lines = new CopyOnWriteArrayList<>();

        Collector() {
            super("collector", null, null, false, Property.EMPTY_ARRAY);
        }

        @Override
        public void append(LogEvent event) {
            if (event.getLevel().isMoreSpecificThan(Level.WARN)) {
                lines.add(event.getMessage().getFormattedMessage());
            }
        }
    }
}
