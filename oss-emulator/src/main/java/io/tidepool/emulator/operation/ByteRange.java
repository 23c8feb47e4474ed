package io.tidepool.emulator.operation;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which bytes of an object a Range header means, by OSS's own rules: a range that is not wholly inside the object counts
 * for nothing and the whole object comes, unless the client asked for {@code x-oss-range-behavior: standard}, which cuts
 * it to the object or refuses it (RFC 9110). Of several ranges the first one counts.
 */
public record ByteRange(Kind kind, long offset, long length) {

    public enum Kind {
        WHOLE,
        PART,
        UNSATISFIABLE
    }

    private static final Pattern SYNTAX = Pattern.compile("bytes=(\\d*)-(\\d*)(?:,.*)?");

    public static ByteRange whole(long size) {
        return new ByteRange(Kind.WHOLE, 0, size);
    }

    /** @param header the Range header, empty if there is none */
    public static ByteRange parse(String header, long size, boolean standard) {
        Matcher match = SYNTAX.matcher(header);
        if (!match.matches() || (match.group(1).isEmpty() && match.group(2).isEmpty())) {
            return whole(size);
        }
        if (match.group(1).isEmpty()) {
            return suffix(number(match.group(2)), size, standard);
        }
        long first = number(match.group(1));
        long last = match.group(2).isEmpty() ? size - 1 : number(match.group(2));
        if (first >= size) {
            return outside(size, standard);
        }
        if (last < first || (last >= size && !standard)) {
            return whole(size);
        }
        return new ByteRange(Kind.PART, first, Math.min(last, size - 1) - first + 1);
    }

    private static ByteRange suffix(long length, long size, boolean standard) {
        if (length == 0 || size == 0) {
            return outside(size, standard);
        }
        if (length > size && !standard) {
            return whole(size);
        }
        long cut = Math.min(length, size);
        return new ByteRange(Kind.PART, size - cut, cut);
    }

    private static ByteRange outside(long size, boolean standard) {
        return standard ? new ByteRange(Kind.UNSATISFIABLE, 0, 0) : whole(size);
    }

    /** A number too long for a long is beyond every object anyway. */
    private static long number(String digits) {
        return digits.length() > 18 ? Long.MAX_VALUE : Long.parseLong(digits);
    }
}
