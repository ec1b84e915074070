package io.tidemark.benchmarks.run;

import io.tidemark.benchmarks.workload.Workload;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Medians of records per second as bars, in SVG. */
final class Chart {

    private static final int WIDTH = 640;
    private static final int LABEL = 170;
    private static final int BAR = 18;
    private static final int GAP = 6;

    private Chart() {}

    static String of(Options options, List<Figure> figures) {
        StringBuilder bars = new StringBuilder();
        int y = GAP;
        double most = figures.stream().mapToDouble(Figure::perSecond).max().orElse(1);
        for (Workload workload : options.throughputs()) {
            y += BAR;
            bars.append(text(4, y - GAP, workload.name() + ", records per second"));
            for (Contestant contestant : options.contestants()) {
                List<Figure> own = figures.stream()
                        .filter(figure -> figure.contestant() == contestant
                                && figure.workload().equals(workload.name()))
                        .collect(Collectors.toList());
                if (own.isEmpty()) {
                    continue;
                }
                double speed = Report.median(own, Figure::perSecond);
                int length = (int) ((WIDTH - LABEL - 80) * speed / most);
                bars.append(text(14, y + BAR - 5, contestant.title()))
                        .append(String.format(
                                Locale.ROOT,
                                "<rect x='%d' y='%d' width='%d' height='%d' fill='%s'/>%n",
                                LABEL,
                                y,
                                length,
                                BAR,
                                contestant == Contestant.TIDEMARK ? "#1769aa" : "#9e9e9e"))
                        .append(text(
                                LABEL + length + 6, y + BAR - 5, String.format(Locale.ROOT, "%.0f k", speed / 1e3)));
                y += BAR + GAP;
            }
            y += GAP;
        }
        return String.format(
                        Locale.ROOT,
                        "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='sans-serif' font-size='12'>%n",
                        WIDTH,
                        y)
                + bars + "</svg>\n";
    }

    private static String text(int x, int y, String text) {
        return String.format(Locale.ROOT, "<text x='%d' y='%d'>%s</text>%n", x, y, text);
    }
}
