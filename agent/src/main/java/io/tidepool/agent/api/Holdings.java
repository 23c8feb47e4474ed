package io.tidepool.agent.api;

import io.tidepool.agent.catalog.CatalogEntry;
import io.tidepool.agent.peer.tracker.PeerHost;
import io.tidepool.proto.v1.Holder;
import io.tidepool.proto.v1.HoldingsRequest;
import io.tidepool.proto.v1.HoldingsResponse;
import io.tidepool.proto.v1.WhereFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which hosts of the cell have how much of some files.
 *
 * @param answers of all hosts; a value has a number for each of {@code files}
 */
record Holdings(List<CatalogEntry.File> files, List<Cell.Answer<HoldingsResponse>> answers) {
    /** @param files at most {@link CellService#MAX_VERSIONS} */
    static Holdings of(Cell cell, List<CatalogEntry.File> files) throws InterruptedException {
        HoldingsRequest.Builder request = HoldingsRequest.newBuilder();
        files.forEach(file ->
                request.addVersionIds(CellService.bytes(file.info().version().id())));
        HoldingsRequest built = request.build();
        return new Holdings(files, cell.askAll(host -> host.holdings(built)));
    }

    /** What each host that answered has of all the files, in bytes. */
    Map<PeerHost, Long> bytesByHost() {
        Map<PeerHost, Long> bytes = new LinkedHashMap<>();
        for (Cell.Answer<HoldingsResponse> answer : answers) {
            HoldingsResponse value = answer.value();
            if (value != null) {
                bytes.put(
                        answer.host(),
                        value.getCachedBytesList().stream()
                                .mapToLong(Long::longValue)
                                .sum());
            }
        }
        return bytes;
    }

    /** Each file with its holders. */
    List<WhereFile> messages() {
        List<WhereFile> messages = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            messages.add(message(i));
        }
        return messages;
    }

    private WhereFile message(int index) {
        CatalogEntry.File file = files.get(index);
        WhereFile.Builder message = WhereFile.newBuilder()
                .setPath(file.path())
                .setSizeBytes(file.info().version().sizeBytes());
        List<Holder> holders = new ArrayList<>();
        for (Cell.Answer<HoldingsResponse> answer : answers) {
            HoldingsResponse value = answer.value();
            if (value == null) {
                message.addSilentHosts(answer.host().name());
            } else if (value.getCachedBytes(index) > 0) {
                holders.add(Holder.newBuilder()
                        .setHost(answer.host().name())
                        .setCachedBytes(value.getCachedBytes(index))
                        .build());
            }
        }
        holders.sort(Comparator.comparingLong(Holder::getCachedBytes).reversed());
        return message.addAllHolders(holders).build();
    }
}
