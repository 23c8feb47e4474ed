package io.tidepool.emulator.operation;

import io.tidepool.emulator.protocol.OssError;
import java.util.Base64;

/** An error as OSS sends it: XML in the body, and in a header where there can be no body. */
public final class ErrorReply {

    private ErrorReply() {}

    public static Reply of(OssError error, String requestId, String hostId, boolean head) {
        if (error.status() == 304) {
            return Reply.empty(304);
        }
        byte[] document = document(error, requestId, hostId);
        Reply reply = Reply.xml(error.status(), document);
        error.headers().forEach(reply.headers()::set);
        if (head) {
            reply.headers().set("x-oss-err", Base64.getEncoder().encodeToString(document));
        }
        return reply;
    }

    public static byte[] document(OssError error, String requestId, String hostId) {
        XmlDocument xml = new XmlDocument("Error")
                .text("Code", error.code())
                .text("Message", error.text())
                .text("RequestId", requestId)
                .text("HostId", hostId);
        error.details().forEach(xml::text);
        return xml.finish();
    }
}
