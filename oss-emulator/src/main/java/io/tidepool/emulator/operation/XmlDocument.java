package io.tidepool.emulator.operation;

import java.io.ByteArrayOutputStream;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** A small XML document being written: nested elements with text. Not thread-safe. */
final class XmlDocument {

    private static final XMLOutputFactory FACTORY = XMLOutputFactory.newDefaultFactory();

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final XMLStreamWriter writer;

    /** What goes wrong with a writer to memory is a programming error. */
    private interface Step {
        void write() throws XMLStreamException;
    }

    XmlDocument(String root) {
        try {
            writer = FACTORY.createXMLStreamWriter(bytes, "UTF-8");
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
        step(() -> writer.writeStartDocument("UTF-8", "1.0"));
        start(root);
    }

    /** A root with text and nothing else. */
    XmlDocument(String root, String text) {
        this(root);
        step(() -> writer.writeCharacters(text));
    }

    XmlDocument start(String element) {
        step(() -> writer.writeStartElement(element));
        return this;
    }

    XmlDocument end() {
        step(writer::writeEndElement);
        return this;
    }

    XmlDocument text(String element, String value) {
        start(element);
        step(() -> writer.writeCharacters(value));
        return end();
    }

    /** Ends the root too. */
    byte[] finish() {
        step(() -> {
            writer.writeEndDocument();
            writer.close();
        });
        return bytes.toByteArray();
    }

    private static void step(Step step) {
        try {
            step.write();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }
}
