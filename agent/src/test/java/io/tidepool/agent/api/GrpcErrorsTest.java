package io.tidepool.agent.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tidepool.agent.chunk.ChunkException;
import io.tidepool.agent.chunk.ChunkException.Kind;
import io.tidepool.proto.v1.ErrorKind;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrpcErrorsTest {
    /** Written out once more on purpose: clients in other languages rely on these codes. */
    private static final Map<Kind, Status.Code> CONTRACT = Map.ofEntries(
            Map.entry(Kind.NOT_FOUND, Status.Code.NOT_FOUND),
            Map.entry(Kind.IS_DIRECTORY, Status.Code.FAILED_PRECONDITION),
            Map.entry(Kind.NOT_DIRECTORY, Status.Code.FAILED_PRECONDITION),
            Map.entry(Kind.STALE, Status.Code.ABORTED),
            Map.entry(Kind.ACCESS_DENIED, Status.Code.PERMISSION_DENIED),
            Map.entry(Kind.THROTTLED, Status.Code.RESOURCE_EXHAUSTED),
            Map.entry(Kind.UNAVAILABLE, Status.Code.UNAVAILABLE),
            Map.entry(Kind.CORRUPT, Status.Code.DATA_LOSS),
            Map.entry(Kind.DEADLINE, Status.Code.DEADLINE_EXCEEDED),
            Map.entry(Kind.INTERRUPTED, Status.Code.CANCELLED),
            Map.entry(Kind.INVALID, Status.Code.INVALID_ARGUMENT),
            Map.entry(Kind.INTERNAL, Status.Code.INTERNAL));

    @ParameterizedTest
    @EnumSource(Kind.class)
    void everyKindHasItsCodeAndCarriesItsName(Kind kind) {
        StatusRuntimeException status = GrpcErrors.of(new ChunkException(kind, "why it failed"));
        assertThat(status.getStatus().getCode()).isEqualTo(CONTRACT.get(kind));
        assertThat(status.getStatus().getDescription()).isEqualTo("why it failed");
        assertThat(status.getTrailers().get(GrpcErrors.KIND_KEY)).isEqualTo(kind.name());
        assertThat(GrpcErrors.kindOf(status.getTrailers()).name()).isEqualTo("ERROR_KIND_" + kind.name());
    }

    @Test
    void theContractKnowsEveryKindAndOneMore() {
        Set<String> ours = Arrays.stream(Kind.values()).map(Kind::name).collect(Collectors.toSet());
        Set<String> contract = EnumSet.allOf(ErrorKind.class).stream()
                .map(kind -> kind.name().replace("ERROR_KIND_", ""))
                .collect(Collectors.toSet());
        contract.removeAll(Set.of("UNSPECIFIED", "BUSY"));
        contract.remove("UNRECOGNIZED");
        assertThat(contract).isEqualTo(ours);
    }

    @Test
    void busyIsOfTheApiAlone() {
        StatusRuntimeException busy = GrpcErrors.busy("full");
        assertThat(busy.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(GrpcErrors.kindOf(busy.getTrailers())).isEqualTo(ErrorKind.ERROR_KIND_BUSY);
    }

    @Test
    void aStrangersErrorHasNoKind() {
        assertThat(GrpcErrors.kindOf(new Metadata())).isEqualTo(ErrorKind.ERROR_KIND_UNSPECIFIED);
    }
}
