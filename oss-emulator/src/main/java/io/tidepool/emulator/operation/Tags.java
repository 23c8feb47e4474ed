package io.tidepool.emulator.operation;

import io.tidepool.emulator.protocol.OssError;
import io.tidepool.emulator.protocol.PercentEncoding;
import java.util.LinkedHashMap;
import java.util.Map;

/** Object tags, from a header or from XML, within OSS's limits. */
final class Tags {

    private static final int MAX_TAGS = 10;
    private static final int MAX_KEY_CHARS = 128;
    private static final int MAX_VALUE_CHARS = 256;

    private Tags() {}

    /** @param header {@code x-oss-tagging}: {@code a=1&b=2}, percent-encoded */
    static Map<String, String> ofHeader(String header) {
        Map<String, String> tags = new LinkedHashMap<>();
        if (!header.isEmpty()) {
            for (String pair : header.split("&", -1)) {
                String[] halves = pair.split("=", 2);
                add(
                        tags,
                        PercentEncoding.decode(halves[0]),
                        halves.length == 2 ? PercentEncoding.decode(halves[1]) : "");
            }
        }
        return tags;
    }

    static Map<String, String> ofXml(byte[] body) {
        Map<String, String> tags = new LinkedHashMap<>();
        for (XmlBody set : XmlBody.parse(body, "Tagging").children("TagSet")) {
            for (XmlBody tag : set.children("Tag")) {
                add(tags, tag.requiredText("Key"), tag.text("Value"));
            }
        }
        return tags;
    }

    static byte[] toXml(Map<String, String> tags) {
        XmlDocument xml = new XmlDocument("Tagging").start("TagSet");
        tags.forEach((key, value) ->
                xml.start("Tag").text("Key", key).text("Value", value).end());
        return xml.end().finish();
    }

    private static void add(Map<String, String> tags, String key, String value) {
        boolean inBounds = !key.isEmpty() && key.length() <= MAX_KEY_CHARS && value.length() <= MAX_VALUE_CHARS;
        if (!inBounds || tags.put(key, value) != null || tags.size() > MAX_TAGS) {
            throw OssError.of(
                    400,
                    "InvalidTag",
                    "An object has at most 10 different tags, with keys of 1 to 128 and values of up to 256 characters.");
        }
    }
}
