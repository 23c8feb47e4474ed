package io.tidepool.emulator.http;

import io.tidepool.emulator.protocol.OssError;
import java.util.Base64;

/** An error as OSS sends it: XML in the body, and in a header where there can be no body. */
final class ErrorReply {

    private ErrorReply() {}

    static Reply of(OssError error, String requestId, String hostId, boolean head) {
        byte[] document = document(error, requestId, hostId);
        Reply reply = Reply.xml(error.status(), document);
        error.headers().forEach(reply.headers()::set);
        if (head) {
            reply.headers().set("x-oss-err", Base64.getEncoder().encodeToString(document));
        }
        return reply;
    }

    static byte[] document(OssError error, String requestId, String hostId) {
        XmlDocument xml = new XmlDocument("Error")
                .text("Code", error.code())
                .text("Message", error.text())
                .text("RequestId", requestId)
                .text("HostId", hostId);
        error.details().forEach(xml::text);
        return xml.finish();
    }
}
