package io.tidepool.bench.burst;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.List;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.Axis;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.Plot;
import org.jfree.chart.ui.HorizontalAlignment;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;

/** How all charts look. */
final class ChartStyle {
    /** Told apart by people who see colours otherwise, too (Okabe and Ito). */
    static final List<Color> COLOURS = List.of(
            new Color(0x0072B2), new Color(0xD55E00), new Color(0xE69F00), new Color(0x009E73), new Color(0xCC79A7));

    static final Color TEXT = new Color(0x333333);
    static final Color GRID = new Color(0xE4E4E4);
    static final BasicStroke THIN = new BasicStroke(1);
    private static final String FAMILY = "DejaVu Sans";
    private static final Font FONT = new Font(FAMILY, Font.PLAIN, 12);

    private ChartStyle() {}

    static void apply(JFreeChart chart) {
        chart.setAntiAlias(true);
        chart.setPadding(new RectangleInsets(12, 12, 8, 20));
        chart.getTitle().setFont(new Font(FAMILY, Font.BOLD, 16));
        chart.getTitle().setPaint(TEXT);
        chart.getTitle().setHorizontalAlignment(HorizontalAlignment.LEFT);
        chart.getTitle().setMargin(0, 0, 10, 0);
        chart.getLegend().setItemFont(FONT);
        chart.getLegend().setItemPaint(TEXT);
        chart.getLegend().setFrame(BlockBorder.NONE);
        chart.getLegend().setPosition(RectangleEdge.BOTTOM);
        Plot plot = chart.getPlot();
        plot.setBackgroundPaint(Color.WHITE);
        plot.setOutlineVisible(false);
    }

    static void apply(Axis axis) {
        axis.setTickLabelFont(FONT);
        axis.setTickLabelPaint(TEXT);
        axis.setLabelFont(FONT);
        axis.setLabelPaint(TEXT);
        axis.setAxisLineVisible(false);
        axis.setTickMarksVisible(false);
    }
}
