package io.tidepool.bench.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.emulator.EmulatorOptions;
import io.tidepool.emulator.OssEmulator;
import io.tidepool.emulator.SafetensorsModel;
import io.tidepool.emulator.SyntheticBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The clients that we measure against do what we say they do: else the comparison would be unfair. */
@Timeout(30)
final class ClientCommandTest {
    private static final int SIZE = (10 << 20) + 12_345;

    @TempDir
    Path directory;

    @Test
    void curlsMakeTheWholeFileAndFetchEachByteOnce() throws Exception {
        try (OssEmulator bucket = new OssEmulator(EmulatorOptions.defaults().withoutSignatures())) {
            bucket.bucket().putSynthetic("a.bin", SIZE);
            Path file = directory.resolve("a copy");
            run(ClientCommand.curls(bucket.endpoint().resolve("/models/a.bin"), file, SIZE, 8));

            byte[] bytes = Files.readAllBytes(file);
            assertThat(bytes).hasSize(SIZE);
            assertThat(SyntheticBytes.check("a.bin", 1, 0, bytes)).isEmpty();
            assertThat(bucket.count("a.bin").bytesSent()).isEqualTo(SIZE);
            assertThat(bucket.count("a.bin").requests("GET")).isEqualTo(8);
        }
    }

    @Test
    void readersCoverTheWholeFileEachFromAnotherPlaceOn() throws Exception {
        Path file = Files.write(directory.resolve("b.bin"), new byte[SIZE]);
        List<List<String>> commands = ClientCommand.readers(file, SIZE, 8);
        assertThat(commands).hasSize(8).doesNotHaveDuplicates();
        // What dd reads, it writes: to a pipe here, instead of /dev/null, so that it can be counted.
        for (List<String> command : commands) {
            List<String> counted = new ArrayList<>(command);
            counted.set(2, command.get(2).replace("of=/dev/null ", ""));
            Process process = new ProcessBuilder(counted).start();
            assertThat(process.getInputStream().readAllBytes()).hasSize(SIZE);
            assertThat(process.waitFor()).isZero();
        }
    }

    @Test
    void tensorReadersReadEachTensorOnceInTheGivenOrder() throws Exception {
        SafetensorsModel model = SafetensorsModel.of("m/", 3 << 20, 2);
        model.writeTo(directory);
        List<SafetensorsModel.Tensor> tensors = new ArrayList<>(model.tensors());
        Collections.reverse(tensors);
        Path script = directory.resolve("reader.sh");
        List<String> command = ClientCommand.tensors(script, tensors, directory::resolve);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        for (SafetensorsModel.Tensor tensor : tensors) {
            byte[] shard = Files.readAllBytes(directory.resolve(tensor.key()));
            expected.write(shard, (int) tensor.offset(), (int) tensor.length());
        }
        Files.writeString(script, Files.readString(script).replace("of=/dev/null ", ""));
        Process process = new ProcessBuilder(command).start();
        assertThat(process.getInputStream().readAllBytes()).isEqualTo(expected.toByteArray());
        assertThat(process.waitFor()).isZero();
    }

    private static void run(List<List<String>> commands) throws IOException, InterruptedException {
        List<Process> processes = new ArrayList<>();
        for (List<String> command : commands) {
            processes.add(new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        }
        for (Process process : processes) {
            assertThat(process.waitFor()).isZero();
        }
    }
}
