package io.tidepool.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.tidepool.proto.v1.Entry;
import io.tidepool.proto.v1.EntryType;
import io.tidepool.proto.v1.ErrorKind;
import io.tidepool.proto.v1.PathFailure;
import io.tidepool.proto.v1.Tier;
import io.tidepool.proto.v1.TierBytes;
import io.tidepool.proto.v1.WarmProgress;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MessageJsonTest {
    @Test
    void numbersAreNumbersTimesAreIsoAndEnumsAreWords() {
        Entry entry = Entry.newBuilder()
                .setPath("/m/a\n")
                .setType(EntryType.ENTRY_TYPE_FILE)
                .setSizeBytes(1L << 40)
                .setModified(Timestamp.newBuilder().setSeconds(1_700_000_000).setNanos(500_000_000))
                .setCrc64(-1)
                .build();
        assertThat(MessageJson.line(entry))
                .isEqualTo("{\"path\":\"/m/a\\n\",\"type\":\"file\",\"size_bytes\":1099511627776,\"etag\":\"\","
                        + "\"modified\":\"2023-11-14T22:13:20.500Z\",\"cached_bytes\":0,\"complete\":false,"
                        + "\"pinned\":false,\"quarantined\":false,\"origin\":\"\",\"key\":\"\","
                        + "\"crc64\":\"18446744073709551615\"}");
    }

    @Test
    void whatIsUnsetAndHasPresenceIsLeftOut() {
        assertThat(MessageJson.line(Entry.getDefaultInstance()))
                .doesNotContain("modified", "crc64")
                .contains("\"type\":\"unspecified\"");
    }

    @Test
    void messagesNest() {
        WarmProgress progress = WarmProgress.newBuilder()
                .addSources(TierBytes.newBuilder().setTier(Tier.TIER_ORIGIN).setBytes(7))
                .setEta(Duration.newBuilder().setSeconds(1).setNanos(500_000_000))
                .addFailures(PathFailure.newBuilder().setKind(ErrorKind.ERROR_KIND_NOT_FOUND))
                .build();
        assertThat(MessageJson.line(progress))
                .contains("\"sources\":[{\"tier\":\"origin\",\"bytes\":7}]", "\"eta\":1.5", "\"kind\":\"not_found\"");
    }

    @Test
    void otherValuesAreWrittenToo() {
        assertThat(MessageJson.line(Map.of("a", 1))).isEqualTo("{\"a\":1}");
    }
}
