package io.tidepool.bench.lab;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tidepool.agent.cli.CommandFailure;
import java.io.IOException;
import java.nio.file.Path;

/** What a benchmark found out, as a file for programs: records as objects, with names in snake case. */
public final class JsonFile {
    private JsonFile() {}

    public static void write(Path file, Object report) {
        try {
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build()
                    .writeValue(file.toFile(), report);
        } catch (IOException e) {
            throw new CommandFailure("can't write " + file + ": " + e.getMessage(), e);
        }
    }
}
