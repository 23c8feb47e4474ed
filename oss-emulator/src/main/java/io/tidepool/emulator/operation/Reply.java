package io.tidepool.emulator.operation;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.tidepool.emulator.store.ObjectBody;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What is to be answered, before anything goes wrong with it.
 *
 * @param headers without those of the connection and the body's length; may be changed until it is written
 * @param payload null for an empty body
 */
public record Reply(
        int status, HttpHeaders headers, @Nullable Payload payload) {

    /**
     * The bytes of a body, opened when they are to be sent.
     *
     * @param ofObject whether the counters count them as bytes of the object
     */
    public record Payload(Source source, long offset, long length, boolean ofObject) {

        public Payload from(Source other) {
            return new Payload(other, offset, length, ofObject);
        }

        public Payload longer(long bytes) {
            return new Payload(source, offset, length + bytes, ofObject);
        }
    }

    /** Opens a body; the caller closes it. */
    public interface Source {
        ObjectBody open() throws IOException;
    }

    public static Reply empty(int status) {
        return new Reply(status, new DefaultHttpHeaders(), null);
    }

    public static Reply xml(int status, byte[] document) {
        HttpHeaders headers = new DefaultHttpHeaders().set("Content-Type", "application/xml");
        Source source = () -> (offset, dst) -> put(document, offset, dst);
        return new Reply(status, headers, new Payload(source, 0, document.length, false));
    }

    /** The same reply with other bytes in its body. */
    public Reply withPayload(Payload other) {
        return new Reply(status, headers, other);
    }

    private static void put(byte[] bytes, long offset, ByteBuffer dst) {
        dst.put(bytes, (int) offset, dst.remaining());
    }
}
