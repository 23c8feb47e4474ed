package io.tidepool.emulator.operation;

import io.tidepool.emulator.protocol.OssError;
import io.tidepool.emulator.protocol.OssRequest;
import io.tidepool.emulator.protocol.PercentEncoding;
import java.util.function.UnaryOperator;

/** Query parameters that several operations read alike. */
final class Parameters {

    private Parameters() {}

    /** A number from 1 to {@code max}. */
    static int number(OssRequest request, String name, int otherwise, int max) {
        String text = request.parameter(name);
        int number = text.isEmpty() ? otherwise : text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
        if (number < 1 || number > max) {
            throw OssError.invalidArgument("Argument " + name + " must be an integer between 1 and " + max + ".")
                    .with("ArgumentName", name)
                    .with("ArgumentValue", text);
        }
        return number;
    }

    /** How keys are written in the XML of the reply. */
    static UnaryOperator<String> encoding(OssRequest request) {
        return switch (request.parameter("encoding-type")) {
            case "" -> UnaryOperator.identity();
            case "url" -> PercentEncoding::encode;
            default ->
                throw OssError.invalidArgument("Invalid Encoding Method specified in Request.")
                        .with("ArgumentName", "encoding-type");
        };
    }

    static XmlDocument echoEncoding(OssRequest request, XmlDocument xml) {
        return request.has("encoding-type") ? xml.text("EncodingType", "url") : xml;
    }
}
