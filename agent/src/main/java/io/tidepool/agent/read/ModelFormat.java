package io.tidepool.agent.read;

import java.util.Locale;

/** The file formats of model weights, as far as read-ahead must tell them apart. */
enum ModelFormat {
    /** An 8-byte little-endian header length, the header (JSON), the tensors. */
    SAFETENSORS,
    /** Metadata and tensor infos, then aligned tensor data. */
    GGUF,
    /** Weights without a header that we parse: PyTorch pickles and zips, ONNX and the like. */
    OPAQUE,
    /** Not weights: configuration, tokenizers, everything else. */
    OTHER;

    static ModelFormat of(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "safetensors" -> SAFETENSORS;
            case "gguf" -> GGUF;
            case "bin", "pt", "pth", "ckpt", "h5", "onnx", "msgpack", "npz" -> OPAQUE;
            default -> OTHER;
        };
    }
}
