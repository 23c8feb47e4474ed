package io.tidepool.agent.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidepool.agent.chunk.ChunkException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathGlobTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "/m/*.safetensors /m/a.safetensors true",
                "/m/*.safetensors /m/sub/a.safetensors false",
                "/m/*.safetensors /m/axsafetensors false",
                "/m/**/*.bin /m/a.bin true",
                "/m/**/*.bin /m/x/y/a.bin true",
                "/m/**/*.bin /n/a.bin false",
                "/m/** /m/x/y true",
                "/m/** /m true",
                "/**/config.json /a/b/config.json true",
                "/m/a? /m/ab true",
                "/m/a? /m/a false",
                "/m/[a-c]x /m/bx true",
                "/m/[a-c]x /m/dx false",
                "/m/[!a-c]x /m/dx true",
                "/m/[!a-c]x /m/ax false",
                "/m/[]]x /m/]x true",
                "/m/[.^&]x /m/^x true",
                "/m/{a,bc}.x /m/bc.x true",
                "/m/{a,bc}.x /m/b.x false",
                "/m/a,b* /m/a,bc true",
                "/m/\\*.x /m/*.x true",
                "/m/\\*.x /m/a.x false",
                "/m/(*)$.+^| /m/(a)$.+^| true",
                "//m//*/ /m/a true"
            })
    void matchesAsAShellWould(String glob, String path, String expected) throws ChunkException {
        assertThat(PathGlob.parse(glob).matches(path))
                .as("%s on %s", glob, path)
                .isEqualTo(expected.equals("true"));
    }

    @Test
    void aStarTakesNewlinesAndEveryScript() throws ChunkException {
        assertThat(PathGlob.parse("/m/*").matches("/m/a\nb\u202e\u6c49")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "/m/x/*.bin / false",
                "/m/x/*.bin /m/x true",
                "/m/x/*.bin /m/x/sub false",
                "/m/*/x/* /m/a true",
                "/m/*/x/* /m/a/y false",
                "/m/**/x /m/a/b/c true"
            })
    void walksOnlyWhereSomethingCouldMatch(String glob, String directory, String expected) throws ChunkException {
        assertThat(PathGlob.parse(glob).reachesInto(directory)).isEqualTo(expected.equals("true"));
    }

    @Test
    void theWalkStartsBelowTheLastPlainName() throws ChunkException {
        assertThat(PathGlob.parse("/m/llama/*/x").base()).isEqualTo("/m/llama");
        assertThat(PathGlob.parse("/*").base()).isEqualTo("/");
        assertThat(PathGlob.isGlob("/m/plain-1.0_x")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/m/[ab", "/m/{a,b", "/m/{a/b}", "/m/{a{b}}", "/m/x\\", "/m/[z-a]", "/m/*a*b*c*d*e*f*g*h*i"})
    void aBrokenPatternIsTheUsersMistake(String glob) {
        assertThatThrownBy(() -> PathGlob.parse(glob))
                .isInstanceOfSatisfying(
                        ChunkException.class, e -> assertThat(e.kind()).isEqualTo(ChunkException.Kind.INVALID))
                .hasMessageStartingWith("not a pattern: " + glob + " (");
    }
}
