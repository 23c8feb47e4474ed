package io.tidepool.emulator.operation;

import io.tidepool.emulator.protocol.OssError;
import io.tidepool.emulator.protocol.OssRequest;
import io.tidepool.emulator.store.Bucket;
import io.tidepool.emulator.store.ObjectStore;
import io.tidepool.emulator.store.StoredObject;

/** Finds what a request names, or says with OSS's words that it is not there. */
public final class Lookup {

    private final ObjectStore store;

    public Lookup(ObjectStore store) {
        this.store = store;
    }

    Bucket bucket(OssRequest request) {
        return bucket(request.bucket());
    }

    Bucket bucket(String name) {
        return store.find(name)
                .orElseThrow(() -> OssError.of(404, "NoSuchBucket", "The specified bucket does not exist.")
                        .with("BucketName", name));
    }

    public StoredObject object(OssRequest request) {
        return object(bucket(request), request.key());
    }

    StoredObject object(Bucket bucket, String key) {
        return bucket.find(key).orElseThrow(() -> noSuchKey(key));
    }

    static OssError noSuchKey(String key) {
        return OssError.of(404, "NoSuchKey", "The specified key does not exist.")
                .with("Key", key);
    }
}
