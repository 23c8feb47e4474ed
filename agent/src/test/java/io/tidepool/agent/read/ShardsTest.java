package io.tidepool.agent.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShardsTest {
    @ParameterizedTest
    @CsvSource({
        "model-00002-of-00004.safetensors, model-*-of-00004.safetensors",
        "pytorch_model-00001-of-00002.bin, pytorch_model-*-of-00002.bin",
        "Q4_K-00001-of-00003.gguf, Q4_K-*-of-00003.gguf",
        "consolidated.00.pth, consolidated.*.pth",
        "model.safetensors, model.safetensors",
        "model-1-of-4.safetensors, model-1-of-4.safetensors"
    })
    void namesTheGroup(String name, String group) {
        assertThat(Shards.groupOf(name)).isEqualTo(group);
    }

    @Test
    void siblingsBeginBehindTheFileThatIsRead() {
        TreeSet<String> names = new TreeSet<>(List.of(
                "config.json",
                "m-00001-of-00003.gguf",
                "m-00002-of-00003.gguf",
                "m-00003-of-00003.gguf",
                "m-00001-of-00002.gguf",
                "other-00001-of-00003.gguf"));
        assertThat(Shards.siblings("m-00002-of-00003.gguf", names))
                .containsExactly("m-00003-of-00003.gguf", "m-00001-of-00003.gguf");
        assertThat(Shards.siblings("config.json", names)).isEmpty();
    }

    @Test
    void findsTheIndexOfTheSameFormat() {
        List<String> names = List.of("model.safetensors.index.json", "pytorch_model.bin.index.json", "config.json");
        assertThat(Shards.indexOf("a.safetensors", names)).isEqualTo("model.safetensors.index.json");
        assertThat(Shards.indexOf("b.bin", names)).isEqualTo("pytorch_model.bin.index.json");
        assertThat(Shards.indexOf("c.gguf", names)).isNull();
    }
}
