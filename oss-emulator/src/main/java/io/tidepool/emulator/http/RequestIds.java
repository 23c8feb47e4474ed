package io.tidepool.emulator.http;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** Request ids in the shape of OSS's: 24 upper-case hex digits. */
final class RequestIds {

    private RequestIds() {}

    static String next() {
        byte[] id = new byte[12];
        ThreadLocalRandom.current().nextBytes(id);
        return HexFormat.of().withUpperCase().formatHex(id);
    }
}
