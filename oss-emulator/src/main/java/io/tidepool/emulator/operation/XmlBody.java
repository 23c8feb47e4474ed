package io.tidepool.emulator.operation;

import io.tidepool.emulator.protocol.OssError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/** A request's XML, or the error that it is none. External entities and document types are not read. */
final class XmlBody {

    private final Element element;

    private XmlBody(Element element) {
        this.element = element;
    }

    static XmlBody parse(byte[] bytes, String root) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(new DefaultHandler());
            Document document = builder.parse(new ByteArrayInputStream(bytes));
            Element element = document.getDocumentElement();
            if (!element.getTagName().equals(root)) {
                throw malformed();
            }
            return new XmlBody(element);
        } catch (SAXException | IOException e) {
            throw malformed();
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("every JDK has an XML parser", e);
        }
    }

    static OssError malformed() {
        return OssError.of(
                400,
                "MalformedXML",
                "The XML you provided was not well-formed or did not validate against our published schema.");
    }

    List<XmlBody> children(String name) {
        List<XmlBody> children = new ArrayList<>();
        for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element child && child.getTagName().equals(name)) {
                children.add(new XmlBody(child));
            }
        }
        return children;
    }

    /** The text of a child element; empty if there is none. */
    String text(String name) {
        List<XmlBody> found = children(name);
        return found.isEmpty() ? "" : found.getFirst().element.getTextContent();
    }

    String requiredText(String name) {
        if (children(name).size() != 1) {
            throw malformed();
        }
        return text(name);
    }
}
