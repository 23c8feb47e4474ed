package io.tidepool.agent.disk;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** What a class logs at WARN and above, or another level and above, while this is open. */
public final class LogLines implements AutoCloseable {
    private final Logger logger;
    private final Collector collector;
    private final Level levelBefore;

    private LogLines(Class<?> of, Level least) {
        collector = new Collector(least);
        logger = (Logger) LogManager.getLogger(of);
        levelBefore = logger.getLevel();
    }

    public static LogLines capture(Class<?> of) {
        return capture(of, Level.WARN);
    }

    public static LogLines capture(Class<?> of, Level least) {
        LogLines lines = new LogLines(of, least);
        lines.collector.start();
        lines.logger.addAppender(lines.collector);
        // After the appender, which gives the logger a configuration of its own.
        lines.logger.setLevel(least);
        return lines;
    }

    public List<String> lines() {
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

        private final Level least;

        Collector(Level least) {
            super("collector", null, null, false, Property.EMPTY_ARRAY);
            this.least = least;
        }

        @Override
        public void append(LogEvent event) {
            if (event.getLevel().isMoreSpecificThan(least)) {
                lines.add(event.getMessage().getFormattedMessage());
            }
        }
    }
}
