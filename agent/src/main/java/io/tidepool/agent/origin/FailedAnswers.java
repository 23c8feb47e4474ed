package io.tidepool.agent.origin;

import com.aliyun.oss.common.comm.RequestMessage;
import com.aliyun.oss.common.comm.ResponseMessage;
import com.aliyun.oss.common.comm.RetryStrategy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The SDK's retry hook, used to see what its exceptions leave out of a failed answer: status and throttling delay.
 *
 * <p>It never lets the SDK retry: retries are {@link OriginSource}'s. The SDK asks it on the thread of the request,
 * which then calls {@link #takeLast}. Thread-safe.
 */
final class FailedAnswers extends RetryStrategy {
    /** Milliseconds that OSS asks a throttled client to wait. */
    static final String QOS_DELAY_HEADER = "x-oss-qos-delay-time";

    /** @param delay zero if the answer names none */
    record Answer(int status, Duration delay) {}

    private static final ThreadLocal<@Nullable Answer> LAST = new ThreadLocal<>();

    @Override
    public boolean shouldRetry(
            Exception failure, RequestMessage request, @Nullable ResponseMessage response, int retries) {
        if (response != null) {
            LAST.set(new Answer(response.getStatusCode(), delay(response)));
        }
        return false;
    }

    /** The failed answer of this thread's last request; null if it got none at all. Forgets it. */
    @Nullable
    Answer takeLast() {
        Answer answer = LAST.get();
        LAST.remove();
        return answer;
    }

    private static Duration delay(ResponseMessage response) {
        String millis = response.getHeaders().get(QOS_DELAY_HEADER);
        try {
            return millis == null ? Duration.ZERO : Duration.ofMillis(Math.max(0, Long.parseLong(millis.strip())));
        } catch (NumberFormatException e) {
            return Duration.ZERO;
        }
    }
}
