package io.tidepool.agent.cli;

import io.tidepool.agent.cli.config.AgentConfig;
import io.tidepool.agent.cli.config.ConfigException;
import io.tidepool.fuse.Mount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
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
        AgentConfig loaded = AgentConfig.load(config);
        FutureTask<AgentProcess> start = new FutureTask<>(() -> AgentProcess.start(loaded));
        // Before the start, which mounts long before it ends: a signal in between must not leave the mount behind.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(start, log), "stop"));
        start.run();
        AgentProcess agent = started(start);
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

    private static AgentProcess started(FutureTask<AgentProcess> start) throws InterruptedException {
        try {
            return start.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException known -> throw known;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    /** The shutdown hook: runs at a signal, at any time, and when the command ends by itself. */
    private void stop(FutureTask<AgentProcess> start, Logger log) {
        if (start.state() == Future.State.FAILED) {
            return; // which has closed what it opened; the exit code is main's
        }
        log.info("stopping");
        Thread closer = Thread.ofPlatform().daemon().name("close").start(() -> closeWhenStarted(start));
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

    private static void closeWhenStarted(FutureTask<AgentProcess> start) {
        try {
            start.get().close();
        } catch (ExecutionException e) {
            // The start failed, and has closed what it opened.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
