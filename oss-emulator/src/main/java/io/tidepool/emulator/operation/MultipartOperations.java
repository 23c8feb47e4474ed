package io.tidepool.emulator.operation;

import io.tidepool.emulator.protocol.OssError;
import io.tidepool.emulator.protocol.OssRequest;
import io.tidepool.emulator.store.Bucket;
import io.tidepool.emulator.store.Crc64Sums;
import io.tidepool.emulator.store.MultipartUpload;
import io.tidepool.emulator.store.Part;
import io.tidepool.emulator.store.Segment;
import io.tidepool.emulator.store.StoredObject;
import io.tidepool.emulator.store.Upload;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** An object from parts: initiate, upload or copy parts, complete or abort. */
final class MultipartOperations {

    private static final int MAX_PART_NUMBER = 10_000;
    private static final int MIN_PART_BYTES = 100 << 10;

    private final Lookup lookup;
    private final InstantSource clock;

    MultipartOperations(Lookup lookup, InstantSource clock) {
        this.lookup = lookup;
        this.clock = clock;
    }

    Reply initiate(OssRequest request) {
        Bucket bucket = lookup.bucket(request);
        ObjectWrites.checkOverwrite(request, bucket);
        MultipartUpload upload = bucket.startMultipart(request.key(), ObjectHeaders.given(request));
        XmlDocument xml = Parameters.echoEncoding(request, new XmlDocument("InitiateMultipartUploadResult"));
        return Reply.xml(
                200,
                xml.text("Bucket", bucket.name())
                        .text("Key", Parameters.encoding(request).apply(request.key()))
                        .text("UploadId", upload.id())
                        .finish());
    }

    Reply uploadPart(OssRequest request, Upload body) throws IOException {
        MultipartUpload upload = find(request);
        int number = Parameters.number(request, "partNumber", 0, MAX_PART_NUMBER);
        Bodies.checkMd5(request, body);
        put(request, upload, new Part(number, body.take(), body.etag(), body.crc64(), now()));
        Reply reply = Reply.empty(200);
        reply.headers()
                .set("ETag", '"' + body.etag() + '"')
                .set("x-oss-hash-crc64ecma", Long.toUnsignedString(body.crc64()));
        return reply;
    }

    Reply copyPart(OssRequest request) throws IOException {
        MultipartUpload upload = find(request);
        int number = Parameters.number(request, "partNumber", 0, MAX_PART_NUMBER);
        StoredObject source = CopySource.find(request, lookup);
        ByteRange range = ByteRange.parse(request.header("x-oss-copy-source-range"), source.size(), false);
        Segment segment = lookup.bucket(request)
                .stage(List.of(Segment.of(source, range.offset(), range.length())))
                .getFirst();
        Segment.Sums sums = segment.sums();
        put(request, upload, new Part(number, segment, sums.etag(), sums.crc64(), now()));
        return ObjectWrites.copyResult("CopyPartResult", sums.etag(), source);
    }

    Reply complete(OssRequest request, Upload body) throws IOException {
        MultipartUpload upload = find(request);
        Bucket bucket = lookup.bucket(request);
        boolean all = request.header("x-oss-complete-all").equalsIgnoreCase("yes");
        List<Part> parts =
                all ? upload.parts() : chosen(upload, XmlBody.parse(body.bytes(), "CompleteMultipartUpload"));
        checkSizes(parts);
        ObjectWrites.checkOverwrite(request, bucket);
        List<Segment> staged = bucket.stage(parts.stream().map(Part::segment).toList());
        StoredObject object =
                ObjectWrites.commit(request, bucket, staged, Bodies.etagOfParts(parts), upload.attributes());
        bucket.multipart().end(upload);
        long crc64 = 0;
        for (Part part : parts) {
            crc64 = Crc64Sums.combine(crc64, part.crc64(), part.size());
        }
        Crc64Sums.remember(object, crc64);
        XmlDocument xml = Parameters.echoEncoding(request, new XmlDocument("CompleteMultipartUploadResult"));
        Reply reply = Reply.xml(
                200,
                xml.text("Location", "http://" + request.header("host") + request.resource())
                        .text("Bucket", bucket.name())
                        .text("Key", Parameters.encoding(request).apply(request.key()))
                        .text("ETag", '"' + object.etag() + '"')
                        .finish());
        reply.headers().set("x-oss-hash-crc64ecma", Long.toUnsignedString(crc64));
        return reply;
    }

    private static List<Part> chosen(MultipartUpload upload, XmlBody list) {
        Map<Integer, Part> there = upload.parts().stream().collect(Collectors.toMap(Part::number, Function.identity()));
        List<Part> parts = new ArrayList<>();
        int last = 0;
        for (XmlBody entry : list.children("Part")) {
            String number = entry.requiredText("PartNumber").trim();
            if (!number.matches("\\d{1,5}")) {
                throw XmlBody.malformed();
            }
            Part part = there.get(Integer.parseInt(number));
            if (part == null
                    || !part.etag()
                            .equalsIgnoreCase(
                                    entry.requiredText("ETag").replace("\"", "").trim())) {
                throw OssError.of(
                                400,
                                "InvalidPart",
                                "One or more of the specified parts could not be found or the specified entity tag might"
                                        + " not have matched the part's entity tag.")
                        .with("PartNumber", number)
                        .with("UploadId", upload.id());
            }
            if (part.number() <= last) {
                throw OssError.of(
                        400,
                        "InvalidPartOrder",
                        "The list of parts was not in ascending order. Parts list must specified in order by part number.");
            }
            last = part.number();
            parts.add(part);
        }
        return parts;
    }

    private static void checkSizes(List<Part> parts) {
        if (parts.isEmpty()) {
            throw XmlBody.malformed();
        }
        for (Part part : parts.subList(0, parts.size() - 1)) {
            if (part.size() < MIN_PART_BYTES) {
                throw OssError.of(400, "EntityTooSmall", "Your proposed upload smaller than the minimum allowed size.")
                        .with("ETag", part.etag())
                        .with("MinSizeAllowed", String.valueOf(MIN_PART_BYTES))
                        .with("ProposedSize", String.valueOf(part.size()))
                        .with("PartNumber", String.valueOf(part.number()));
            }
        }
    }

    Reply abort(OssRequest request) {
        MultipartUpload upload = find(request);
        if (!lookup.bucket(request).multipart().end(upload)) {
            throw noSuchUpload(request);
        }
        return Reply.empty(204);
    }

    MultipartUpload find(OssRequest request) {
        return lookup.bucket(request)
                .multipart()
                .find(request.key(), request.parameter("uploadId"))
                .orElseThrow(() -> noSuchUpload(request));
    }

    private static void put(OssRequest request, MultipartUpload upload, Part part) {
        if (!upload.put(part)) {
            throw noSuchUpload(request);
        }
    }

    private static OssError noSuchUpload(OssRequest request) {
        return OssError.of(
                        404,
                        "NoSuchUpload",
                        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been"
                                + " aborted or completed.")
                .with("UploadId", request.parameter("uploadId"));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }
}
