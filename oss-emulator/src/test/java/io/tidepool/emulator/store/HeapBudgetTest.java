package io.tidepool.emulator.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whoever holds bytes on the heap counts them, and whoever lets go gives them back. */
class HeapBudgetTest {

    private final HeapBudget heap = new HeapBudget(1000);
    private final Bucket bucket = new Bucket("bucket", InstantSource.system(), 0, null, heap);

    @Test
    void objectsCountUntilTheyAreReplacedOrDeleted() {
        bucket.put("k", new byte[400]);
        assertThat(heap.used()).isEqualTo(400);
        // While it is replaced the upload counts too.
        bucket.put("k", new byte[300]);
        bucket.put("l", new byte[10]);
        assertThat(heap.used()).isEqualTo(310);
        assertThatThrownBy(() -> bucket.put("m", new byte[691])).isInstanceOf(HeapFullException.class);
        assertThat(heap.used()).isEqualTo(310);
        bucket.delete("k");
        bucket.clear();
        assertThat(heap.used()).isZero();
    }

    @Test
    void partsCountUntilTheyAreAnObjectOrNothing() throws IOException {
        MultipartUpload upload = bucket.startMultipart("k", Attributes.NONE);
        assertThat(upload.put(part(1, 300))).isTrue();
        assertThat(upload.put(part(1, 200))).isTrue();
        assertThat(heap.used()).isEqualTo(200);
        bucket.commit("k", upload.parts().stream().map(Part::segment).toList(), "etag", upload.attributes());
        assertThat(heap.used()).isEqualTo(400);
        assertThat(bucket.multipart().end(upload)).isTrue();
        assertThat(bucket.multipart().end(upload)).isFalse();
        assertThat(upload.put(part(2, 100))).isFalse();
        assertThat(heap.used()).isEqualTo(200);
        bucket.delete("k");
        assertThat(heap.used()).isZero();
    }

    @Test
    void aSyntheticObjectAndItsCopiesTakeNothing() throws IOException {
        StoredObject huge = bucket.putSynthetic("huge", 1L << 50);
        bucket.commit("copy", bucket.stage(huge.segments()), huge.etag(), huge.attributes());
        assertThat(heap.used()).isZero();
        StoredObject small = bucket.put("small", new byte[100]);
        bucket.commit("copy", List.of(Segment.of(small, 10, 50)), "etag", Attributes.NONE);
        assertThat(heap.used()).isEqualTo(150);
    }

    private static Part part(int number, int length) {
        return new Part(number, Segment.ofBytes(new byte[length]), "etag", 0, Instant.EPOCH);
    }
}
