package dev.mosey.sim.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Curves over the values of one tune, as a picture: one panel for each figure, one line for each
 * workload. The values stand side by side at even distances.
 */
public final class CurvePicture {
  private static final int LEFT = 70;
  private static final int TOP = 40;
  private static final int WIDTH = 600;
  private static final int HEIGHT = 180;
  private static final int GAP = 50;
  private static final int SWATCH = 150;
  private static final String[] COLOURS = {
    "#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#e377c2",
    "#7f7f7f", "#bcbd22"
  };

  private final String title;
  private final List<String> values;
  private final List<Panel> panels = new ArrayList<>();

  /**
   * One line.
   *
   * @param name of the workload
   * @param means one for each value, not negative
   */
  public record Line(String name, List<Estimate> means) {}

  private record Panel(String figure, List<Line> lines) {}

  /** An empty picture over these values. */
  public CurvePicture(String title, List<String> values) {
    this.title = title;
    this.values = List.copyOf(values);
  }

  /** One more panel, from 0 up. */
  public void add(String figure, List<Line> lines) {
    panels.add(new Panel(figure, List.copyOf(lines)));
  }

  /** Scalable vector graphics. */
  public String svg() {
    StringBuilder svg = new StringBuilder(1 << 13);
    int height = TOP + panels.size() * (HEIGHT + GAP) + 30;
    line(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
            + " font-size=\"11\">",
        LEFT + WIDTH + 20,
        height);
    line(svg, "<text x=\"%d\" y=\"18\" font-size=\"14\">%s</text>", LEFT, title);
    for (int i = 0; i < panels.size(); i++) {
      panel(svg, panels.get(i), TOP + i * (HEIGHT + GAP));
    }
    List<Line> lines = panels.isEmpty() ? List.of() : panels.getFirst().lines();
    for (int i = 0; i < lines.size(); i++) {
      int x = LEFT + i * SWATCH;
      line(
          svg,
          "<rect x=\"%d\" y=\"%d\" width=\"12\" height=\"12\" fill=\"%s\"/>",
          x,
          height - 20,
          COLOURS[i % COLOURS.length]);
      line(svg, "<text x=\"%d\" y=\"%d\">%s</text>", x + 16, height - 10, lines.get(i).name());
    }
    return svg.append("</svg>\n").toString();
  }

  private void panel(StringBuilder svg, Panel panel, int top) {
    int bottom = top + HEIGHT;
    double most =
        panel.lines().stream()
            .flatMap(line -> line.means().stream())
            .mapToDouble(mean -> mean.mean() + mean.halfWidth())
            .max()
            .orElse(1);
    double scale = most > 0 ? HEIGHT / most : 1;
    line(
        svg,
        "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#ccc\"/>",
        LEFT,
        top,
        WIDTH,
        HEIGHT);
    line(svg, "<text x=\"%d\" y=\"%d\">%s</text>", LEFT + 6, top + 14, panel.figure());
    line(svg, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">0</text>", LEFT - 6, bottom);
    line(svg, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.3g</text>", LEFT - 6, top + 10, most);
    for (int i = 0; i < values.size(); i++) {
      line(
          svg,
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
          at(i),
          bottom + 15,
          values.get(i));
    }
    for (int i = 0; i < panel.lines().size(); i++) {
      curve(svg, panel.lines().get(i), COLOURS[i % COLOURS.length], bottom, scale);
    }
  }

  private void curve(StringBuilder svg, Line curve, String colour, int bottom, double scale) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < curve.means().size(); i++) {
      Estimate mean = curve.means().get(i);
      double y = bottom - mean.mean() * scale;
      double half = mean.halfWidth() * scale;
      points.append(String.format(Locale.ROOT, "%.1f,%.1f ", at(i), y));
      line(
          svg,
          "<path d=\"M%.1f %.1fV%.1f\" stroke=\"%s\" stroke-opacity=\"0.4\"/>",
          at(i),
          y - half,
          Math.min(bottom, y + half),
          colour);
    }
    line(
        svg,
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>",
        points.toString().strip(),
        colour);
  }

  private double at(int value) {
    return LEFT + (value + 0.5) * WIDTH / values.size();
  }

  private static void line(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
