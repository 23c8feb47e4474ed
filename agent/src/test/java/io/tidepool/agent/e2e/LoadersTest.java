package io.tidepool.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.emulator.SafetensorsModel;
import io.tidepool.emulator.SyntheticBytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/** Programs that load models get from the mount what they get from the directory that the bucket's bytes come from. */
final class LoadersTest extends EndToEndTest {
    private static final Duration LOADER = Duration.ofSeconds(60);
    private static final SafetensorsModel MODEL = SafetensorsModel.of("demo/", 60L * MIB, 3);

    @Override
    Duration limit() {
        // The first run makes a virtual environment.
        return Duration.ofMinutes(10);
    }

    @Test
    void pythonSafetensorsReadsTheSameTensors() throws Exception {
        Path python = PythonVenv.with("numpy", "safetensors");
        Path origin = Files.createDirectory(directory.resolve("origin"));
        MODEL.writeTo(origin);
        Agent agent = startWithModel();
        for (String how : List.of("safetensors", "load_file")) {
            String expected = python(python, how, paths(origin));
            assertThat(expected.lines()).hasSameSizeAs(MODEL.tensors());
            assertThat(python(python, how, paths(agent.at("/m")))).as(how).isEqualTo(expected);
        }
        for (String shard : MODEL.shardKeys()) {
            assertThat(emulator.count(shard).overFetchedBytes()).as(shard).isZero();
        }
    }

    @Test
    void pythonTorchLoadWithMmapReadsTheSameTensors() throws Exception {
        Path python = PythonVenv.with("numpy", "torch");
        Path origin = Files.createDirectory(directory.resolve("origin"));
        Path checkpoint = origin.resolve("pytorch_model.bin");
        python(python, "torch_save", List.of(checkpoint, 11));
        Agent agent = start(new AgentSetup(directory).files(origin).show("m", "local", "", "model"));
        String expected = python(python, "torch_mmap", List.of(checkpoint));
        assertThat(expected.lines()).hasSize(12);
        assertThat(python(python, "torch_mmap", List.of(agent.at("/m/pytorch_model.bin"))))
                .isEqualTo(expected);
    }

    /** What the libraries do, without them: runs everywhere. */
    @Test
    void theWayOfSafetensorsReadsTheSameTensors() throws Exception {
        Path origin = Files.createDirectory(directory.resolve("origin"));
        MODEL.writeTo(origin);
        Agent agent = startWithModel();
        for (String shard : MODEL.shardKeys()) {
            String expected = tensors("safetensors", origin.resolve(shard));
            assertThat(expected.lines().count())
                    .isEqualTo(MODEL.tensors().stream()
                            .filter(tensor -> tensor.key().equals(shard))
                            .count());
            assertThat(tensors("safetensors", agent.at("/m/" + shard))).isEqualTo(expected);
        }
    }

    /** As above, of torch's zip files. */
    @Test
    void theWayOfTorchLoadReadsTheSameTensors() throws Exception {
        Path origin = Files.createDirectory(directory.resolve("origin"));
        Path checkpoint = origin.resolve("model.pt");
        writeZip(checkpoint);
        Agent agent = start(new AgentSetup(directory).files(origin).show("m", "local", "", "model"));
        String expected = tensors("zip", checkpoint);
        assertThat(expected.lines()).hasSize(20);
        assertThat(tensors("zip", agent.at("/m/model.pt"))).isEqualTo(expected);
    }

    private Agent startWithModel() throws Exception {
        MODEL.putInto(emulator.bucket());
        return start(new AgentSetup(directory).bucket(emulator).show("m", "oss", "", "model"));
    }

    private static List<Path> paths(Path root) {
        return MODEL.shardKeys().stream().map(root::resolve).toList();
    }

    private String tensors(String kind, Path file) throws Exception {
        return ended(Child.reader("tensors", kind, file)).succeeds(LOADER);
    }

    private String python(Path python, String command, List<?> arguments) throws Exception {
        Path script = directory.resolve("loaders.py");
        if (!Files.exists(script)) {
            try (InputStream in = LoadersTest.class.getResourceAsStream("loaders.py")) {
                Files.copy(in, script);
            }
        }
        List<Object> all = new ArrayList<>(List.of(python, script, command));
        all.addAll(arguments);
        return ended(Child.program(all.toArray())).succeeds(LOADER);
    }

    /** Stored entries, as torch.save writes them: sizes come before the bytes. */
    private static void writeZip(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (int i = 0; i < 20; i++) {
                byte[] bytes = SyntheticBytes.range("tensor", i, 0, MIB + i * 12_345);
                CRC32 sum = new CRC32();
                sum.update(bytes);
                ZipEntry entry = new ZipEntry("model/data/" + i);
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(bytes.length);
                entry.setCrc(sum.getValue());
                zip.putNextEntry(entry);
                zip.write(bytes);
                zip.closeEntry();
            }
        }
    }
}
