package io.tidepool.emulator.operation;

/** The one account there is, to whom everything belongs. */
final class Owner {

    private static final String ID = "0";
    private static final String NAME = "emulator";

    private Owner() {}

    static XmlDocument write(XmlDocument xml) {
        return xml.start("Owner").text("ID", ID).text("DisplayName", NAME).end();
    }

    /** What {@code ?acl} of a bucket and of an object answers. */
    static Reply acl(String grant) {
        XmlDocument xml = write(new XmlDocument("AccessControlPolicy"));
        return Reply.xml(
                200, xml.start("AccessControlList").text("Grant", grant).end().finish());
    }
}
