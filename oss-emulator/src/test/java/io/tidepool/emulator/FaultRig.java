package io.tidepool.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.emulator.fault.ActiveFault;
import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.fault.FaultRule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** An emulator with one object, and a request that a fault befalls once. */
@Timeout(30)
abstract class FaultRig {

    static final int SIZE = 3_000_000;
    private static final int QUIET_MILLIS = 8000;

    OssEmulator emulator;
    String etag;

    @BeforeEach
    void start() throws IOException {
        emulator = new OssEmulator(EmulatorOptions.defaults().withoutSignatures());
        etag = emulator.bucket().putSynthetic("k", SIZE).etag();
    }

    @AfterEach
    void stop() {
        emulator.close();
    }

    /** Sends a request that the fault befalls, then one that must be well. */
    RawHttp faulted(Fault fault) throws IOException {
        return send(emulator.faults().add(FaultRule.on("k", fault).times(1)));
    }

    RawHttp send(ActiveFault fault) throws IOException {
        RawHttp reply = RawHttp.get(emulator, "k", QUIET_MILLIS, "Range: bytes=100-1099", "Connection: close");
        assertThat(fault.fired()).isEqualTo(1);
        RawHttp well = RawHttp.get(emulator, "k", QUIET_MILLIS, "Range: bytes=100-1099", "Connection: close");
        assertThat(well.status()).isEqualTo(206);
        assertThat(well.header("content-range"))
                .hasValue("bytes 100-1099/"
                        + emulator.bucket().find("k").orElseThrow().size());
        assertThat(well.body()).hasSize(1000);
        assertThat(fault.fired()).isEqualTo(1);
        assertThat(fault.matched()).isEqualTo(2);
        assertThat(emulator.faults().remove(fault)).isTrue();
        return reply;
    }

    static void assertRight(RawHttp reply, long offset, int length) {
        assertThat(reply.body()).hasSize(length);
        assertThat(SyntheticBytes.check("k", 1, offset, reply.body())).isEmpty();
    }

    static String text(RawHttp reply) {
        return new String(reply.body(), StandardCharsets.UTF_8);
    }
}
