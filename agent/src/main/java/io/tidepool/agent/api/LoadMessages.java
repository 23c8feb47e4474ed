package io.tidepool.agent.api;

import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.agent.read.LoadReport;
import io.tidepool.agent.read.LoadReports;
import io.tidepool.proto.v1.CellLoad;
import io.tidepool.proto.v1.LoadReportsRequest;
import io.tidepool.proto.v1.LoadReportsResponse;
import java.util.ArrayList;
import java.util.List;

/** Loads in the contract's words: this host's, and what they cost the cell. */
final class LoadMessages {
    private LoadMessages() {}

    /** This host's, latest first; {@code limit} 0: all. */
    static List<io.tidepool.proto.v1.LoadReport> of(LoadReports loads, int limit) throws ChunkException {
        if (limit < 0) {
            throw new ChunkException(Kind.INVALID, "a limit of " + limit + " reports");
        }
        return loads.recent().stream()
                .limit(limit == 0 ? Integer.MAX_VALUE : limit)
                .map(LoadMessages::message)
                .toList();
    }

    /** {@code own}, each with what the loads of its model by all hosts cost together. */
    static List<io.tidepool.proto.v1.LoadReport> withCell(List<io.tidepool.proto.v1.LoadReport> own, Cell cell)
            throws InterruptedException {
        List<Cell.Answer<LoadReportsResponse>> answers =
                cell.askAll(host -> host.loadReports(LoadReportsRequest.getDefaultInstance()));
        List<io.tidepool.proto.v1.LoadReport> reports = new ArrayList<>();
        for (io.tidepool.proto.v1.LoadReport report : own) {
            reports.add(report.toBuilder().setCell(cellLoad(report, answers)).build());
        }
        return reports;
    }

    private static CellLoad cellLoad(
            io.tidepool.proto.v1.LoadReport of, List<Cell.Answer<LoadReportsResponse>> answers) {
        int hosts = 0;
        int silent = 0;
        long originBytes = 0;
        for (Cell.Answer<LoadReportsResponse> answer : answers) {
            LoadReportsResponse value = answer.value();
            if (value == null) {
                silent++;
                continue;
            }
            List<io.tidepool.proto.v1.LoadReport> same = value.getReportsList().stream()
                    .filter(report -> report.getModel().equals(of.getModel()))
                    .toList();
            hosts += same.isEmpty() ? 0 : 1;
            originBytes += same.stream()
                    .mapToLong(io.tidepool.proto.v1.LoadReport::getOriginBytes)
                    .sum();
        }
        return CellLoad.newBuilder()
                .setHosts(hosts)
                .setOriginBytes(originBytes)
                .setAmplification(of.getSizeBytes() == 0 ? 0 : (double) originBytes / of.getSizeBytes())
                .setSilentHosts(silent)
                .build();
    }

    private static io.tidepool.proto.v1.LoadReport message(LoadReport load) {
        return io.tidepool.proto.v1.LoadReport.newBuilder()
                .setModel(load.model())
                .setActive(load.active())
                .setStarted(Entries.timestamp(load.started()))
                .setDuration(Entries.duration(load.duration()))
                .setFiles(load.files())
                .setSizeBytes(load.modelBytes())
                .addAllReadBytes(Entries.tiers(load.bytesByTier()))
                .setOriginBytes(load.originBytes())
                .setPeerBytes(load.peerBytes())
                .setAmplification(load.originAmplification())
                .setStalls(load.waits())
                .setStallTime(Entries.duration(load.waited()))
                .setSlowestChunk(load.slowestChunk() == null ? "" : load.slowestChunk())
                .setSlowestChunkTime(Entries.duration(load.slowestFill()))
                .build();
    }
}
