package io.tidepool.bench.lab;

import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jfree.chart.ChartUtils;
import org.jfree.chart.JFreeChart;

/** Charts as files: PNG for pages and SVG for print. */
public final class ChartFile {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 440;
    /** Twice the size, for screens that show twice the pixels. */
    private static final int SCALE = 2;

    static {
        System.setProperty("java.awt.headless", "true");
    }

    private ChartFile() {}

    /** Writes PREFIX.png and PREFIX.svg, and says so. */
    public static String write(Path prefix, JFreeChart chart) throws IOException {
        Path png = prefix.resolveSibling(prefix.getFileName() + ".png");
        try (OutputStream out = Files.newOutputStream(png)) {
            ChartUtils.writeScaledChartAsPNG(out, chart, WIDTH, HEIGHT, SCALE, SCALE);
        }
        VectorGraphics2D graphics = new VectorGraphics2D();
        chart.draw(graphics, new Rectangle2D.Double(0, 0, WIDTH, HEIGHT));
        Path svg = prefix.resolveSibling(prefix.getFileName() + ".svg");
        try (OutputStream out = Files.newOutputStream(svg)) {
            new SVGProcessor()
                    .getDocument(graphics.getCommands(), new PageSize(WIDTH, HEIGHT))
                    .writeTo(out);
        }
        return png + ", " + svg;
    }
}
