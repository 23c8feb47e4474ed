package io.tidepool.emulator.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.aliyun.oss.common.comm.SignVersion;
import io.tidepool.emulator.EmulatorOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The same calls when objects are files; no upload, part or stage of one is left behind. */
class DirectoryClientTest extends ClientContract {

    @TempDir
    private Path directory;

    @Override
    EmulatorOptions options() {
        return EmulatorOptions.defaults().withDirectory(directory);
    }

    @Override
    OssClient connect() {
        return new JavaSdkClient(emulator, SignVersion.V4);
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(directory.resolve(".uploads")).isEmptyDirectory();
    }
}
