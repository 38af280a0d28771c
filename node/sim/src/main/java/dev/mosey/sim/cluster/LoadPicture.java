package dev.mosey.sim.cluster;

import java.util.List;
import java.util.Locale;

/**
 * Load over time per node, as a picture: one line a node, one column a sample, the darker the more
 * loaded.
 *
 * @param title above it
 * @param sampleMillis between two columns
 * @param samples loads by node
 */
public record LoadPicture(String title, long sampleMillis, List<float[]> samples) {
  private static final int NODES_MAX = 256;
  private static final int WIDTH = 900;
  private static final int LEFT = 60;
  private static final int TOP = 30;
  private static final int HEIGHT_MIN = 4;
  private static final int HEIGHT_MAX = 24;
  private static final int HEIGHT_ALL = 600;

  /** Loads at which the shade changes; 1 = every core is busy once. */
  private static final double[] STEPS = {0.01, 0.5, 1.01, 1.5, 2.01, 3.01, 5.01, 10};

  private static final String[] SHADES = {
    "#f7fbff", "#deebf7", "#9ecae1", "#fee391", "#fec44f", "#fe9929", "#ec7014", "#cc4c02",
    "#662506"
  };

  /** Scalable vector graphics; neighbours of one shade are one rectangle. */
  public String svg() {
    int nodes = samples.isEmpty() ? 0 : Math.min(NODES_MAX, samples.getFirst().length);
    int height = Math.clamp(HEIGHT_ALL / Math.max(1, nodes), HEIGHT_MIN, HEIGHT_MAX);
    double width = WIDTH / (double) Math.max(1, samples.size());
    int bottom = TOP + nodes * height;
    StringBuilder svg = new StringBuilder(1 << 16);
    line(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
            + " font-size=\"11\">",
        LEFT + WIDTH + 20,
        bottom + 60);
    line(svg, "<text x=\"%d\" y=\"18\" font-size=\"14\">%s</text>", LEFT, escaped(title));
    for (int node = 0; node < nodes; node++) {
      int y = TOP + node * height;
      if (height >= 11 || node % 16 == 0) {
        line(svg, "<text x=\"4\" y=\"%d\">node %d</text>", y + Math.max(9, height - 3), node);
      }
      row(svg, node, y, height, width);
    }
    legend(svg, bottom);
    return svg.append("</svg>\n").toString();
  }

  private void row(StringBuilder svg, int node, int y, int height, double width) {
    int from = 0;
    for (int column = 1; column <= samples.size(); column++) {
      int shade = shade(samples.get(from)[node]);
      if (column == samples.size() || shade(samples.get(column)[node]) != shade) {
        line(
            svg,
            "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
            LEFT + from * width,
            y,
            (column - from) * width,
            height - 1,
            SHADES[shade]);
        from = column;
      }
    }
  }

  private void legend(StringBuilder svg, int bottom) {
    double end = samples.size() * sampleMillis / 1_000.0;
    line(svg, "<text x=\"%d\" y=\"%d\">0 s</text>", LEFT, bottom + 14);
    line(
        svg,
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.0f s</text>",
        LEFT + WIDTH,
        bottom + 14,
        end);
    for (int i = 0; i < SHADES.length; i++) {
      String label = i < STEPS.length ? String.format(Locale.ROOT, "&lt; %.1f", STEPS[i]) : "more";
      int x = LEFT + i * 90;
      line(
          svg,
          "<rect x=\"%d\" y=\"%d\" width=\"12\" height=\"12\" fill=\"%s\" stroke=\"#ccc\"/>",
          x,
          bottom + 30,
          SHADES[i]);
      line(svg, "<text x=\"%d\" y=\"%d\">%s</text>", x + 16, bottom + 40, label);
    }
  }

  private static int shade(float load) {
    int shade = 0;
    while (shade < STEPS.length && load >= STEPS[shade]) {
      shade++;
    }
    return shade;
  }

  private static void line(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }
}
