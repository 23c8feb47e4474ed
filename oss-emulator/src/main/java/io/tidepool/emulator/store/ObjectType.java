package io.tidepool.emulator.store;

/** How an object came to be, as {@code x-oss-object-type} says it. */
public enum ObjectType {
    NORMAL("Normal"),
    MULTIPART("Multipart"),
    APPENDABLE("Appendable");

    private final String header;

    ObjectType(String header) {
        this.header = header;
    }

    public String header() {
        return header;
    }
}
