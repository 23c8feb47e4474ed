package io.tidepool.emulator.operation;

import io.tidepool.emulator.protocol.OssRequest;
import io.tidepool.emulator.store.Bucket;
import io.tidepool.emulator.store.KeyOrder;
import io.tidepool.emulator.store.MultipartUpload;
import io.tidepool.emulator.store.Part;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.UnaryOperator;

/** ListParts and ListMultipartUploads: one page each. */
final class MultipartLists {

    private static final int MAX_PAGE = 1000;

    private MultipartLists() {}

    static Reply parts(OssRequest request, MultipartUpload upload) {
        int marker = request.parameter("part-number-marker").isEmpty()
                ? 0
                : Parameters.number(request, "part-number-marker", 0, Integer.MAX_VALUE);
        int max = Parameters.number(request, "max-parts", MAX_PAGE, MAX_PAGE);
        List<Part> rest =
                upload.parts().stream().filter(part -> part.number() > marker).toList();
        List<Part> page = rest.subList(0, Math.min(max, rest.size()));
        XmlDocument xml = Parameters.echoEncoding(request, new XmlDocument("ListPartsResult"));
        xml.text("Bucket", request.bucket())
                .text("Key", Parameters.encoding(request).apply(request.key()))
                .text("UploadId", upload.id())
                .text("StorageClass", "Standard")
                .text("PartNumberMarker", String.valueOf(marker))
                .text(
                        "NextPartNumberMarker",
                        page.isEmpty() ? "0" : String.valueOf(page.getLast().number()))
                .text("MaxParts", String.valueOf(max))
                .text("IsTruncated", String.valueOf(page.size() < rest.size()));
        for (Part part : page) {
            xml.start("Part")
                    .text("PartNumber", String.valueOf(part.number()))
                    .text("LastModified", Times.iso(part.lastModified()))
                    .text("ETag", '"' + part.etag() + '"')
                    .text("HashCrc64ecma", Long.toUnsignedString(part.crc64()))
                    .text("Size", String.valueOf(part.size()))
                    .end();
        }
        return Reply.xml(200, xml.finish());
    }

    static Reply uploads(OssRequest request, Bucket bucket) {
        UnaryOperator<String> encoding = Parameters.encoding(request);
        int max = Parameters.number(request, "max-uploads", MAX_PAGE, MAX_PAGE);
        Page page = new Page(request, max);
        bucket.multipart().all().forEach(page::offer);
        XmlDocument xml = Parameters.echoEncoding(request, new XmlDocument("ListMultipartUploadsResult"));
        xml.text("Bucket", bucket.name())
                .text("KeyMarker", encoding.apply(request.parameter("key-marker")))
                .text("UploadIdMarker", request.parameter("upload-id-marker"))
                .text("NextKeyMarker", encoding.apply(page.nextKey))
                .text("NextUploadIdMarker", page.nextId)
                .text("Delimiter", encoding.apply(request.parameter("delimiter")))
                .text("Prefix", encoding.apply(request.parameter("prefix")))
                .text("MaxUploads", String.valueOf(max))
                .text("IsTruncated", String.valueOf(page.truncated));
        for (MultipartUpload upload : page.uploads) {
            xml.start("Upload")
                    .text("Key", encoding.apply(upload.key()))
                    .text("UploadId", upload.id())
                    .text("StorageClass", "Standard")
                    .text("Initiated", Times.iso(upload.initiated()))
                    .end();
        }
        for (String prefix : page.commonPrefixes) {
            xml.start("CommonPrefixes").text("Prefix", encoding.apply(prefix)).end();
        }
        return Reply.xml(200, xml.finish());
    }

    /** Takes uploads in their order, and leaves out what the markers have behind them. */
    private static final class Page {
        private final ArrayList<MultipartUpload> uploads = new ArrayList<>();
        private final LinkedHashSet<String> commonPrefixes = new LinkedHashSet<>();
        private final String prefix;
        private final String delimiter;
        private final String keyMarker;
        private final String idMarker;
        private final int max;
        private String nextKey = "";
        private String nextId = "";
        private boolean truncated;

        Page(OssRequest request, int max) {
            this.prefix = request.parameter("prefix");
            this.delimiter = request.parameter("delimiter");
            this.keyMarker = request.parameter("key-marker");
            this.idMarker = request.parameter("upload-id-marker");
            this.max = max;
        }

        void offer(MultipartUpload upload) {
            String key = upload.key();
            if (truncated || !key.startsWith(prefix) || !isBehindMarkers(upload)) {
                return;
            }
            int at = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
            String group = at < 0 ? "" : key.substring(0, at + delimiter.length());
            if (!group.isEmpty() && (commonPrefixes.contains(group) || group.equals(keyMarker))) {
                return;
            }
            if (uploads.size() + commonPrefixes.size() == max) {
                truncated = true;
                return;
            }
            nextKey = group.isEmpty() ? key : group;
            nextId = group.isEmpty() ? upload.id() : "";
            if (group.isEmpty()) {
                uploads.add(upload);
            } else {
                commonPrefixes.add(group);
            }
        }

        /** With an id marker, uploads of the marked key count too if their id is greater. */
        private boolean isBehindMarkers(MultipartUpload upload) {
            int order = keyMarker.isEmpty() ? 1 : KeyOrder.UTF_8.compare(upload.key(), keyMarker);
            return order > 0
                    || (order == 0 && !idMarker.isEmpty() && upload.id().compareTo(idMarker) > 0);
        }
    }
}
