package io.tidepool.agent.origin;

import com.aliyun.oss.ServiceException;
import io.tidepool.agent.chunk.ChunkException;

/** Tells an origin that is not there at all from one that answers, however badly. */
public final class Outage {
    private Outage() {}

    /** Whether no answer came: asking for another object would fail alike. */
    public static boolean is(ChunkException failure) {
        if (failure.kind() != ChunkException.Kind.UNAVAILABLE) {
            return false;
        }
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof ServiceException) {
                return false;
            }
        }
        return true;
    }
}
