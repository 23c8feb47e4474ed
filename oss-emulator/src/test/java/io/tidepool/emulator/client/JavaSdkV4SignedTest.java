package io.tidepool.emulator.client;

import com.aliyun.oss.common.comm.SignVersion;

class JavaSdkV4SignedTest extends ClientContract {

    @Override
    OssClient connect() {
        return new JavaSdkClient(emulator, SignVersion.V4);
    }
}
