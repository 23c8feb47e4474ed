package io.tidepool.bench;

import io.tidepool.agent.cli.CommandExtension;
import io.tidepool.bench.demo.DemoCommand;
import io.tidepool.emulator.EmulatorCommand;
import java.util.List;

/** The commands that a developer has and an operator's image has not. */
public final class BenchCommands implements CommandExtension {
    @Override
    public List<Object> commands() {
        return List.of(new DemoCommand(), new BenchCommand(), new EmulatorCommand());
    }
}
