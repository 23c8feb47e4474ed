package io.tidepool.agent.read;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Recognises the files of one sharded model by their names.
 *
 * <p>{@code model-00001-of-00004.safetensors}, {@code pytorch_model-00001-of-00002.bin} (transformers),
 * {@code Q4-00001-of-00003.gguf} (llama.cpp's gguf-split), {@code consolidated.00.pth} (Llama).
 */
final class Shards {
    private static final Pattern N_OF_M = Pattern.compile("(.+)-(\\d{5})-of-(\\d{5})(\\.[A-Za-z0-9]+)");
    private static final Pattern CONSOLIDATED = Pattern.compile("(consolidated)\\.(\\d{2,3})(\\.[A-Za-z0-9]+)");

    private Shards() {}

    /** What all shards of {@code name}'s model have in common, such as {@code model-*-of-00004.safetensors}; else the name. */
    static String groupOf(String name) {
        Matcher nOfM = N_OF_M.matcher(name);
        if (nOfM.matches()) {
            return nOfM.group(1) + "-*-of-" + nOfM.group(3) + nOfM.group(4);
        }
        Matcher consolidated = CONSOLIDATED.matcher(name);
        return consolidated.matches() ? consolidated.group(1) + ".*" + consolidated.group(3) : name;
    }

    /** The other names of {@code name}'s group, those that follow it first, cyclically, so that readers meet them in order. */
    static List<String> siblings(String name, Collection<String> sortedNames) {
        String group = groupOf(name);
        List<String> after = new ArrayList<>();
        List<String> before = new ArrayList<>();
        for (String other : sortedNames) {
            if (!other.equals(name) && groupOf(other).equals(group)) {
                (other.compareTo(name) > 0 ? after : before).add(other);
            }
        }
        after.addAll(before);
        return after;
    }

    /** The index file of transformers that may list {@code name} as a shard: {@code *.safetensors.index.json} and such. */
    static @Nullable String indexOf(String name, Collection<String> names) {
        String suffix = name.substring(Math.max(0, name.lastIndexOf('.'))) + ".index.json";
        for (String other : names) {
            if (other.endsWith(suffix)) {
                return other;
            }
        }
        return null;
    }
}
