package io.tidepool.agent.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Which Tidepool this is, and what it runs on. */
public final class Version implements IVersionProvider {
    /** Maven puts it into the jar; a class folder has none. */
    private static final String PROPERTIES = "/META-INF/maven/io.tidepool/tidepool-agent/pom.properties";

    /** Such as {@code 0.1.0}; {@code development} when it doesn't run from its jar. */
    public static String number() {
        try (InputStream in = Version.class.getResourceAsStream(PROPERTIES)) {
            if (in == null) {
                return "development";
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version", "development");
        } catch (IOException e) {
            return "development";
        }
    }

    /** One line: Tidepool's version, the JVM's, the kernel's. */
    public static String line() {
        return "tidepool " + number() + " (Java " + Runtime.version() + ", " + System.getProperty("os.name") + " "
                + System.getProperty("os.version") + " " + System.getProperty("os.arch") + ")";
    }

    @Override
    public String[] getVersion() {
        return new String[] {line()};
    }
}
