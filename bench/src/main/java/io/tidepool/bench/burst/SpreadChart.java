package io.tidepool.bench.burst;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.DeviationRenderer;
import org.jfree.data.xy.YIntervalSeries;
import org.jfree.data.xy.YIntervalSeriesCollection;

/** Lines of means, each in a band from least to most, over one dashed line that none can go below. Not thread-safe. */
final class SpreadChart {
    private static final String BOUND = "lower bound";
    private static final Shape DOT = new Ellipse2D.Double(-4, -4, 8, 8);

    private final String title;
    private final String xLabel;
    private final String yLabel;
    private final YIntervalSeriesCollection data = new YIntervalSeriesCollection();
    private final YIntervalSeries bound = new YIntervalSeries(BOUND);

    SpreadChart(String title, String xLabel, String yLabel) {
        this.title = title;
        this.xLabel = xLabel;
        this.yLabel = yLabel;
    }

    /** Adds a point to the line of this name. */
    void add(String line, double x, double mean, double least, double most) {
        int index = data.indexOf(line);
        if (index < 0) {
            data.addSeries(new YIntervalSeries(line));
            index = data.getSeriesCount() - 1;
        }
        data.getSeries(index).add(x, mean, least, most);
    }

    /** Adds a point to the dashed line. */
    void bound(double x, double y) {
        if (bound.indexOf(x) < 0) {
            bound.add(x, y, y, y);
        }
    }

    JFreeChart draw() {
        if (bound.getItemCount() > 0) {
            data.addSeries(bound);
        }
        JFreeChart chart = ChartFactory.createXYLineChart(title, xLabel, yLabel, data);
        ChartStyle.apply(chart);
        XYPlot plot = chart.getXYPlot();
        plot.setDomainGridlinesVisible(false);
        plot.setRangeGridlinePaint(ChartStyle.GRID);
        plot.setRangeGridlineStroke(ChartStyle.THIN);
        plot.setRenderer(renderer());
        ChartStyle.apply(plot.getRangeAxis());
        NumberAxis hosts = (NumberAxis) plot.getDomainAxis();
        ChartStyle.apply(hosts);
        hosts.setAutoRangeIncludesZero(false);
        hosts.setStandardTickUnits(NumberAxis.createIntegerTickUnits());
        return chart;
    }

    private DeviationRenderer renderer() {
        DeviationRenderer renderer = new DeviationRenderer(true, true);
        renderer.setAlpha(0.2f);
        for (int i = 0; i < data.getSeriesCount(); i++) {
            Color colour = ChartStyle.COLOURS.get(i % ChartStyle.COLOURS.size());
            renderer.setSeriesPaint(i, colour);
            renderer.setSeriesFillPaint(i, colour);
            renderer.setSeriesStroke(i, new BasicStroke(2.5f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
            renderer.setSeriesShape(i, DOT);
        }
        int last = data.indexOf(BOUND);
        if (last < 0) {
            return renderer;
        }
        renderer.setSeriesPaint(last, ChartStyle.TEXT);
        renderer.setSeriesShapesVisible(last, false);
        renderer.setSeriesStroke(
                last, new BasicStroke(1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {5, 4}, 0));
        return renderer;
    }
}
