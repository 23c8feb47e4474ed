package io.tidepool.emulator.operation;

import io.tidepool.emulator.protocol.OssError;
import io.tidepool.emulator.protocol.OssRequest;
import io.tidepool.emulator.store.Part;
import io.tidepool.emulator.store.Upload;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** Digests of bodies: the one a client sends along, and the ETags of what several bodies make up. */
final class Bodies {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private Bodies() {}

    /** @throws OssError 400 when there is a Content-MD5 and it is another */
    static void checkMd5(OssRequest request, Upload upload) {
        String md5 = request.header("content-md5");
        if (!md5.isEmpty() && !Arrays.equals(decode(md5), upload.md5())) {
            throw OssError.of(400, "InvalidDigest", "The Content-MD5 you specified did not match what we received.");
        }
    }

    private static byte[] decode(String md5) {
        try {
            return Base64.getDecoder().decode(md5);
        } catch (IllegalArgumentException e) {
            throw OssError.of(400, "InvalidDigest", "The Content-MD5 you specified is not valid.");
        }
    }

    /** MD5 of the parts' MD5s, and how many there are. */
    static String etagOfParts(List<Part> parts) {
        MessageDigest md5 = md5();
        parts.forEach(part -> md5.update(HEX.parseHex(part.etag())));
        return HEX.formatHex(md5.digest()) + "-" + parts.size();
    }

    /** No MD5 of anything on OSS either; it ends in zeros there. */
    static String etagOfAppend(String before, String appended) {
        MessageDigest md5 = md5();
        md5.update(before.getBytes(StandardCharsets.US_ASCII));
        md5.update(appended.getBytes(StandardCharsets.US_ASCII));
        return HEX.formatHex(md5.digest(), 0, 12) + "00000000";
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }
}
