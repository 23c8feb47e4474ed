package io.tidepool.emulator.operation;

import io.tidepool.emulator.protocol.OssError;
import io.tidepool.emulator.protocol.OssRequest;
import io.tidepool.emulator.store.Bucket;
import io.tidepool.emulator.store.Upload;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/** DeleteMultipleObjects: up to 1,000 keys in one XML document. A key that is not there counts as deleted. */
final class DeleteMany {

    private static final int MAX_KEYS = 1000;

    private DeleteMany() {}

    static Reply reply(OssRequest request, Bucket bucket, Upload upload) {
        if (request.header("content-md5").isEmpty()) {
            throw OssError.of(400, "MissingArgument", "Content-MD5 is required.")
                    .with("ArgumentName", "Content-MD5");
        }
        Bodies.checkMd5(request, upload);
        UnaryOperator<String> encoding = Parameters.encoding(request);
        XmlBody body = XmlBody.parse(upload.bytes(), "Delete");
        String quiet = body.text("Quiet");
        List<String> keys =
                body.children("Object").stream().map(o -> o.requiredText("Key")).toList();
        boolean inBounds = !keys.isEmpty() && keys.size() <= MAX_KEYS && !keys.contains("");
        if (!inBounds || !Set.of("", "true", "false").contains(quiet)) {
            throw XmlBody.malformed();
        }
        keys.forEach(bucket::delete);
        if (quiet.equals("true")) {
            return Reply.empty(200);
        }
        XmlDocument xml = Parameters.echoEncoding(request, new XmlDocument("DeleteResult"));
        for (String key : keys) {
            xml.start("Deleted").text("Key", encoding.apply(key)).end();
        }
        return Reply.xml(200, xml.finish());
    }
}
