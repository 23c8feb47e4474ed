package io.tidepool.bench.burst;

import java.awt.Color;
import java.text.DecimalFormat;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.labels.StandardCategoryItemLabelGenerator;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.data.category.DefaultCategoryDataset;

/** Groups of bars with their values over them. Not thread-safe. */
final class BarsChart {
    private final String title;
    private final String yLabel;
    private final DefaultCategoryDataset data = new DefaultCategoryDataset();

    BarsChart(String title, String yLabel) {
        this.title = title;
        this.yLabel = yLabel;
    }

    void add(String group, String bar, double value) {
        data.addValue(value, bar, group);
    }

    JFreeChart draw() {
        JFreeChart chart = ChartFactory.createBarChart(title, null, yLabel, data);
        ChartStyle.apply(chart);
        CategoryPlot plot = chart.getCategoryPlot();
        plot.setRangeGridlinePaint(ChartStyle.GRID);
        plot.setRangeGridlineStroke(ChartStyle.THIN);
        ChartStyle.apply(plot.getRangeAxis());
        plot.getRangeAxis().setUpperMargin(0.1);
        ChartStyle.apply(plot.getDomainAxis());
        plot.getDomainAxis().setMaximumCategoryLabelLines(2);
        BarRenderer renderer = new BarRenderer();
        renderer.setBarPainter(new StandardBarPainter());
        renderer.setShadowVisible(false);
        renderer.setItemMargin(0.05);
        renderer.setDefaultItemLabelGenerator(new StandardCategoryItemLabelGenerator("{2}", new DecimalFormat("0.0")));
        renderer.setDefaultItemLabelsVisible(true);
        renderer.setDefaultItemLabelPaint(ChartStyle.TEXT);
        for (int i = 0; i < data.getRowCount(); i++) {
            Color colour = ChartStyle.COLOURS.get(i % ChartStyle.COLOURS.size());
            renderer.setSeriesPaint(i, colour);
        }
        plot.setRenderer(renderer);
        return chart;
    }
}
