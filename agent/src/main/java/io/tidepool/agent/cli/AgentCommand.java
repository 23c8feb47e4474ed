package io.tidepool.agent.cli;

import io.tidepool.agent.cli.config.AgentConfig;
import io.tidepool.agent.cli.config.ConfigException;
import io.tidepool.fuse.Mount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tidepool agent}: serves until it is told to stop. */
@Command(
        name = "agent",
        header = "Mounts what the configuration names and serves it until SIGTERM or Ctrl-C.",
        description = "Check the file first with 'tidepool config check --online FILE'.",
        footer = {
            "",
            "Environment: TIDEPOOL_LOG=ERROR|WARN|INFO|DEBUG, TIDEPOOL_LOG_FORMAT=json, and",
            "the access key that the configuration refers to.",
            "Example: tidepool agent --config /etc/tidepool/tidepool.yaml"
        })
final class AgentCommand implements Callable<Integer> {
    /** Kubernetes kills after 30 s, systemd after 90; a node that reboots wants it sooner. */
    private static final Duration STOP_TIME = Duration.ofSeconds(10);

    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "The configuration file (see 'tidepool config reference').")
    Path config = Path.of("");

    private volatile boolean unmounted;

    @Override
    public Integer call() throws ConfigException, InterruptedException {
        // Made here, so that no logger exists before the level is set.
        Logger log = LoggerFactory.getLogger(AgentCommand.class);
        AgentProcess agent = AgentProcess.start(AgentConfig.load(config));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(agent, log), "stop"));
        Mount mount = agent.mount();
        if (mount != null) {
            mount.ended().join();
        }
        if (mount == null || agent.isStopping()) {
            new CountDownLatch(1).await(); // the hook ends the process
        }
        unmounted = true;
        throw new CommandFailure("the mount was unmounted by someone else; stopping");
    }

    private void stop(AgentProcess agent, Logger log) {
        log.info("stopping");
        Thread closer = Thread.ofPlatform().daemon().name("close").start(agent::close);
        try {
            if (closer.join(STOP_TIME)) {
                log.info("stopped");
                Runtime.getRuntime().halt(unmounted ? 1 : 0);
            }
            log.error(
                    "not stopped after {} s: giving up; the cache will be checked after a reboot",
                    STOP_TIME.toSeconds());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(1);
    }
}
