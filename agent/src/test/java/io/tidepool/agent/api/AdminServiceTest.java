package io.tidepool.agent.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidepool.agent.api.client.ClientException;
import io.tidepool.agent.api.client.TidepoolClient;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.chunk.ChunkId;
import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.proto.v1.AgentStatus;
import io.tidepool.proto.v1.BadFile;
import io.tidepool.proto.v1.Entry;
import io.tidepool.proto.v1.ErrorKind;
import io.tidepool.proto.v1.EvictResponse;
import io.tidepool.proto.v1.LoadReport;
import io.tidepool.proto.v1.PathFailure;
import io.tidepool.proto.v1.PinResponse;
import io.tidepool.proto.v1.Tier;
import io.tidepool.proto.v1.TierBytes;
import io.tidepool.proto.v1.VerifyProgress;
import io.tidepool.proto.v1.WarmProgress;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AdminServiceTest {
    private static final int CHUNK = TestAgent.CHUNK;

    @TempDir
    Path directory;

    private TestAgent agent;
    private TidepoolClient client;

    @BeforeEach
    void start() throws Exception {
        agent = new TestAgent(directory);
        client = agent.client();
        agent.put("llama/a.safetensors", 1, CHUNK + 1);
        agent.put("llama/b.safetensors", 1, 100);
        agent.put("llama/README.md", 1, 10);
        agent.put("qwen/sub/c.safetensors", 1, 0);
    }

    @AfterEach
    void stop() {
        client.close();
        agent.close();
    }

    private WarmProgress warm(String... paths) throws ClientException {
        return client.warm(List.of(paths), progress -> {});
    }

    private boolean isComplete(String path) throws ClientException {
        return client.stat(path).getComplete();
    }

    private static Map<Tier, Long> byTier(List<TierBytes> bytes) {
        return bytes.stream().collect(Collectors.toMap(TierBytes::getTier, TierBytes::getBytes));
    }

    @Test
    void aGlobWarmsWhatItMatchesAndNoMore() throws Exception {
        WarmProgress end = warm("/m/**/*.safetensors");
        assertThat(end.getFinished()).isTrue();
        assertThat(end.getTotalFiles()).isEqualTo(3);
        assertThat(end.getDoneFiles()).isEqualTo(3);
        assertThat(end.getTotalBytes()).isEqualTo(CHUNK + 101);
        assertThat(end.getDoneBytes()).isEqualTo(CHUNK + 101);
        assertThat(byTier(end.getSourcesList())).containsEntry(Tier.TIER_ORIGIN, CHUNK + 101L);
        assertThat(isComplete("/m/llama/a.safetensors")).isTrue();
        assertThat(client.stat("/m/llama/README.md").getCachedBytes()).isZero();

        WarmProgress again = warm("/m/llama", "/m/llama/b.safetensors");
        assertThat(again.getTotalFiles()).isEqualTo(3);
        assertThat(byTier(again.getSourcesList()))
                .containsEntry(Tier.TIER_DISK, CHUNK + 101L)
                .containsEntry(Tier.TIER_ORIGIN, 10L);
    }

    @Test
    void aMatchedDirectoryMeansAllThatIsInIt() throws Exception {
        assertThat(warm("/m/qw*").getTotalFiles()).isEqualTo(1);
        assertThat(warm("/").getTotalFiles()).isEqualTo(4);
    }

    @Test
    void aNameThatLooksLikeAGlobIsAName() throws Exception {
        agent.put("odd/[x]*", 1, 5);
        agent.put("odd/xy", 1, 7);
        assertThat(warm("/m/odd/[x]*").getTotalBytes()).isEqualTo(5);
        assertThat(warm("/m/odd/[x]?").getTotalBytes()).isEqualTo(7);
    }

    @Test
    void aPathThatMatchesNothingFailsBeforeAnythingIsDone() throws Exception {
        ClientException missing =
                catchThrowableOfType(ClientException.class, () -> warm("/m/llama/b.safetensors", "/m/nothing*"));
        assertThat(missing).hasMessage("nothing matches /m/nothing*");
        assertThat(missing.kind()).isEqualTo(ErrorKind.ERROR_KIND_NOT_FOUND);
        assertThat(catchThrowableOfType(ClientException.class, () -> warm("/m/none")))
                .hasMessage("no such file or directory: /m/none");
        assertThat(catchThrowableOfType(ClientException.class, this::warm)).hasMessage("no path given");
        assertThat(agent.origin.reads).isEmpty();
    }

    @Test
    void aFileThatFailsDoesNotStopTheOthers() throws Exception {
        agent.put("llama/A.gone", 1, 5);
        client.list("/m/llama", entry -> {});
        agent.origin.allow(0);
        CompletableFuture<WarmProgress> end = CompletableFuture.supplyAsync(() -> {
            try {
                return warm("/m/llama");
            } catch (ClientException e) {
                throw new IllegalStateException(e);
            }
        });
        while (agent.origin.reads.stream()
                .noneMatch(chunk -> chunk.version().key().equals("llama/A.gone"))) {
            Thread.sleep(1);
        }
        agent.put("llama/A.gone", 2, 5);
        agent.origin.open();
        WarmProgress progress = end.get(20, TimeUnit.SECONDS);
        assertThat(progress.getDoneFiles()).isEqualTo(3);
        assertThat(progress.getFailedFiles()).isEqualTo(1);
        PathFailure failure = progress.getFailures(0);
        assertThat(failure.getPath()).isEqualTo("/m/llama/A.gone");
        assertThat(failure.getKind()).isEqualTo(ErrorKind.ERROR_KIND_STALE);
    }

    @Test
    void progressIsToldAndCancellingStopsTheWork() throws Exception {
        agent.put("large", 1, 20L * CHUNK);
        agent.origin.allow(2);
        List<WarmProgress> told = new ArrayList<>();
        CompletableFuture<ClientException> end = new CompletableFuture<>();
        Thread warmer = Thread.ofPlatform()
                .start(() -> end.complete(catchThrowableOfType(
                        ClientException.class,
                        () -> client.warm(List.of("/m/large"), progress -> {
                            synchronized (told) {
                                told.add(progress);
                            }
                        }))));
        while (lastDone(told) < 2L * CHUNK) {
            Thread.sleep(5);
        }
        warmer.interrupt();
        assertThat(end.get(5, TimeUnit.SECONDS).reason()).isEqualTo(ClientException.Reason.CANCELLED);
        agent.origin.open();
        // What was on its way lands; nothing new is begun.
        Thread.sleep(500);
        int asked = agent.origin.reads.size();
        assertThat(asked).isLessThan(10);
        Thread.sleep(300);
        assertThat(agent.origin.reads).hasSize(asked);
        WarmProgress first = told.getFirst();
        assertThat(first.getTotalBytes()).isEqualTo(20L * CHUNK);
        assertThat(first.getCurrentPath()).isEqualTo("/m/large");
        assertThat(first.getFinished()).isFalse();
    }

    private static long lastDone(List<WarmProgress> told) {
        synchronized (told) {
            return told.isEmpty() ? 0 : told.getLast().getDoneBytes();
        }
    }

    @Test
    void aWarmUpKnowsTheChecksumThatTheWholeMustHave() throws Exception {
        warm("/m/llama");
        // The listing doesn't tell CRC64s: each file is asked for.
        assertThat(agent.origin.heads).contains("llama/a.safetensors", "llama/b.safetensors");
    }

    @Test
    void pinnedFilesStayUntilUnpinned() throws Exception {
        warm("/m/llama");
        PinResponse pinned = client.pin(List.of("/m/llama/*.safetensors", "/m/qwen"));
        assertThat(pinned.getFiles()).isEqualTo(3);
        assertThat(pinned.getTotalBytes()).isEqualTo(CHUNK + 101);
        assertThat(pinned.getCachedBytes()).isEqualTo(CHUNK + 101);
        assertThat(client.stat("/m/llama/a.safetensors").getPinned()).isTrue();

        EvictResponse evicted = client.evict(List.of("/m/llama"), false);
        assertThat(evicted.getVersions()).isEqualTo(1);
        assertThat(evicted.getFreedBytes()).isEqualTo(10);
        assertThat(evicted.getPinnedVersions()).isEqualTo(2);
        assertThat(isComplete("/m/llama/a.safetensors")).isTrue();

        assertThat(client.unpin(List.of("/m/**/a.*")).getVersions()).isEqualTo(1);
        assertThat(client.evict(List.of("/m/llama"), false).getVersions()).isEqualTo(1);
        assertThat(client.evict(List.of("/"), true).getFreedBytes()).isEqualTo(100);
        assertThat(client.stat("/m/llama/b.safetensors").getPinned()).isTrue();
        assertThat(client.unpin(List.of("/")).getVersions()).isEqualTo(2);
    }

    @Test
    void evictingWorksWithoutTheOrigin() throws Exception {
        warm("/m/llama");
        agent.origin.fail(Kind.UNAVAILABLE);
        assertThat(client.evict(List.of("/m/llama/*.md"), false).getVersions()).isEqualTo(1);
        assertThat(client.evict(List.of("/m/none"), false).getVersions()).isZero();
    }

    @Test
    void evictingAQuarantinedFileSetsItFree() throws Exception {
        Entry entry = client.stat("/m/llama/b.safetensors");
        ObjectVersion version = new ObjectVersion("bucket", "llama/b.safetensors", entry.getEtag(), 100);
        agent.disk.quarantine(version);
        assertThat(client.stat("/m/llama/b.safetensors").getQuarantined()).isTrue();
        assertThat(catchThrowableOfType(ClientException.class, () -> read("/m/llama/b.safetensors"))
                        .kind())
                .isEqualTo(ErrorKind.ERROR_KIND_CORRUPT);
        assertThat(client.evict(List.of("/m/llama/b.safetensors"), false).getVersions())
                .isEqualTo(1);
        read("/m/llama/b.safetensors");
    }

    private void read(String path) throws Exception {
        client.read(path, 0, 0, OutputStream.nullOutputStream());
    }

    @Test
    void verifyFindsAndDropsABadChunk() throws Exception {
        warm("/m/llama");
        Entry entry = client.stat("/m/llama/a.safetensors");
        ObjectVersion version = new ObjectVersion("bucket", entry.getKey(), entry.getEtag(), entry.getSizeBytes());
        VerifyProgress good = client.verify(List.of(), progress -> {});
        assertThat(good.getFinished()).isTrue();
        assertThat(good.getTotalVersions()).isEqualTo(3);
        assertThat(good.getDoneVersions()).isEqualTo(3);
        assertThat(good.getDoneBytes()).isEqualTo(CHUNK + 111);
        assertThat(good.getBadChunks()).isZero();

        agent.damage(version, 12345);
        assertThat(client.verify(List.of("/m/llama/b.*"), progress -> {}).getBadChunks())
                .isZero();
        VerifyProgress bad = client.verify(List.of("/m/llama"), progress -> {});
        assertThat(bad.getBadChunks()).isEqualTo(1);
        assertThat(bad.getBadFilesList())
                .containsExactly(BadFile.newBuilder()
                        .setPath("/m/llama/a.safetensors")
                        .setBadChunks(1)
                        .build());
        assertThat(client.stat("/m/llama/a.safetensors").getCachedBytes()).isEqualTo(1);
        assertThat(client.status().getTraffic().getCorruptChunks()).isEqualTo(1);
    }

    @Test
    void statusTellsWhatTheAgentIsAndHas() throws Exception {
        warm("/m/llama/a.safetensors");
        read("/m/llama/a.safetensors");
        client.pin(List.of("/m/llama/a.safetensors"));
        agent.origin.fail(Kind.UNAVAILABLE);
        AgentStatus status = client.status();
        assertThat(status.getVersion()).isEqualTo("1.2.3");
        assertThat(status.getPid()).isEqualTo(ProcessHandle.current().pid());
        assertThat(status.getMountPoint()).isEmpty();
        assertThat(status.getMounts(0).getName()).isEqualTo("m");
        assertThat(status.getMounts(0).getPolicy()).isEqualTo("off");
        assertThat(status.getCache().getDirectory())
                .isEqualTo(directory.resolve("cache").toString());
        assertThat(status.getCache().getBytes()).isEqualTo(CHUNK + 1);
        assertThat(status.getCache().getLimitBytes()).isEqualTo(TestAgent.CACHE_BYTES);
        assertThat(status.getCache().getCompleteVersions()).isEqualTo(1);
        assertThat(status.getCache().getPinnedVersions()).isEqualTo(1);
        assertThat(status.getMemory().getLandingLimitBytes()).isEqualTo(6L * CHUNK);
        assertThat(byTier(status.getTraffic().getReadBytesList())).containsEntry(Tier.TIER_DISK, CHUNK + 1L);
    }

    @Test
    void aLoadIsReportedWhileItGoesOn() throws Exception {
        assertThat(client.loadReports(0)).isEmpty();
        read("/m/llama/a.safetensors");
        read("/m/llama/b.safetensors");
        assertThat(client.loadReports(1)).hasSize(1);
        LoadReport report = client.loadReports(0).stream()
                .filter(load -> load.getModel().contains("a.safetensors"))
                .findFirst()
                .orElseThrow();
        assertThat(report.getActive()).isTrue();
        assertThat(report.getSizeBytes()).isEqualTo(CHUNK + 1);
        assertThat(report.getOriginBytes()).isEqualTo(CHUNK + 1);
        assertThat(report.getAmplification()).isEqualTo(1.0);
        assertThat(report.getSlowestChunk()).startsWith("bucket:llama/a.safetensors@");
        assertThat(byTier(report.getReadBytesList()).values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(CHUNK + 1);
    }

    @Test
    void nothingIsReadTwiceWhenManyWantIt() throws Exception {
        agent.put("large", 1, 4L * CHUNK);
        CompletableFuture<?>[] all = new CompletableFuture<?>[4];
        for (int i = 0; i < all.length; i++) {
            boolean warms = i % 2 == 0;
            all[i] = CompletableFuture.runAsync(() -> {
                try {
                    if (warms) {
                        warm("/m/large");
                    } else {
                        read("/m/large");
                    }
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        CompletableFuture.allOf(all).get(30, TimeUnit.SECONDS);
        assertThat(agent.origin.reads).extracting(ChunkId::index).containsExactlyInAnyOrder(0, 1, 2, 3);
    }
}
