package io.tidepool.emulator.control;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.tidepool.emulator.fault.ActiveFault;
import io.tidepool.emulator.fault.Fault;
import io.tidepool.emulator.fault.FaultKind;
import io.tidepool.emulator.fault.FaultRule;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A fault rule as JSON, with how often it matched and fired. */
record FaultJson(
        int id, long matched, long fired, @JsonUnwrapped Request rule) {

    static FaultJson of(ActiveFault active) {
        return new FaultJson(active.id(), active.matched(), active.fired(), Request.of(active.rule()));
    }

    /** What a client posts: only {@code kind} must be there, see {@link Fault} and {@link FaultRule} for the rest. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Request(
            @Nullable String key,
            @Nullable String method,
            @Nullable Long rangeFrom,
            @Nullable Long rangeTo,
            @Nullable Long after,
            @Nullable Long times,
            @Nullable Double probability,
            @Nullable Long seed,
            @Nullable FaultKind kind,
            @Nullable Integer status,
            @Nullable String code,
            @Nullable Long afterBytes,
            @Nullable Long delayMillis,
            @Nullable Long bytesPerSecond,
            @Nullable Long version,
            @Nullable Long byBytes) {

        static Request of(FaultRule rule) {
            Fault fault = rule.fault();
            return new Request(
                    rule.key(),
                    rule.method(),
                    rule.rangeFrom(),
                    rule.rangeTo(),
                    rule.after(),
                    rule.times(),
                    rule.probability(),
                    rule.seed(),
                    fault.kind(),
                    fault.status() == 0 ? null : fault.status(),
                    fault.code().isEmpty() ? null : fault.code(),
                    fault.afterBytes(),
                    fault.delay().toMillis(),
                    fault.bytesPerSecond() == 0 ? null : fault.bytesPerSecond(),
                    fault.version() < 0 ? null : fault.version(),
                    fault.byBytes() == 0 ? null : fault.byBytes());
        }

        FaultRule toRule() {
            if (kind == null) {
                throw new IllegalArgumentException("a fault rule needs a \"kind\"");
            }
            long noBytes = switch (kind) {
                case NO_CONTENT_LENGTH, CHUNKED, RESET -> -1;
                default -> 0;
            };
            String errorCode = code == null ? "ServiceUnavailable" : code;
            long bytesOff = switch (kind) {
                case LONG_BODY, SURPLUS, SHIFTED_BYTES -> 1;
                default -> 0;
            };
            Duration noDelay = kind == FaultKind.STALL ? Fault.FOREVER : Duration.ZERO;
            Fault fault = new Fault(
                    kind,
                    status == null ? Fault.throttleStatus(errorCode) : status,
                    errorCode,
                    afterBytes == null ? noBytes : afterBytes,
                    delayMillis == null ? noDelay : Duration.ofMillis(delayMillis),
                    bytesPerSecond == null ? 0 : bytesPerSecond,
                    version == null ? -1 : version,
                    byBytes == null ? bytesOff : byBytes);
            return new FaultRule(
                    key == null ? "*" : key,
                    method == null ? "GET" : method,
                    rangeFrom == null ? 0 : rangeFrom,
                    rangeTo == null ? Long.MAX_VALUE : rangeTo,
                    after == null ? 0 : after,
                    times == null ? Long.MAX_VALUE : times,
                    probability == null ? 1 : probability,
                    seed == null ? 0 : seed,
                    fault);
        }
    }
}
