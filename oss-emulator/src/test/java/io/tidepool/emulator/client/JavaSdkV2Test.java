package io.tidepool.emulator.client;

class JavaSdkV2Test extends ClientContract {

    @Override
    OssClient connect() {
        return new JavaSdkV2Client(emulator);
    }
}
