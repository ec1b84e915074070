package io.tidemark.benchmarks.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Figures as bars under titles, in SVG; Tidemark's are blue. */
final class Chart {

    private static final int WIDTH = 680;
    private static final int LABEL = 190;
    private static final int VALUE = 190;
    private static final int BAR = 18;
    private static final int GAP = 6;

    private final List<Line> lines = new ArrayList<>();

    private record Line(String label, double size, String value, boolean ours) {

        boolean isTitle() {
            return value.isEmpty();
        }
    }

    void title(String text) {
        lines.add(new Line(text, 0, "", false));
    }

    void bar(Contestant contestant, String label, double size, String value) {
        lines.add(new Line(label, size, value, contestant == Contestant.TIDEMARK));
    }

    @Override
    public String toString() {
        double most = lines.stream().mapToDouble(Line::size).max().orElse(1);
        StringBuilder bars = new StringBuilder();
        int y = 0;
        for (Line line : lines) {
            if (line.isTitle()) {
                y += BAR + 2 * GAP;
                text(bars, 4, y - GAP, line.label());
            } else {
                bar(bars, y, line, most);
                y += BAR + GAP;
            }
        }
        return String.format(
                        Locale.ROOT,
                        "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='sans-serif' font-size='12'>%n",
                        WIDTH,
                        y + GAP)
                + bars + "</svg>\n";
    }

    private static void bar(StringBuilder bars, int y, Line line, double most) {
        int length = (int) ((WIDTH - LABEL - VALUE) * line.size() / most);
        text(bars, 14, y + BAR - 5, line.label());
        bars.append(String.format(
                Locale.ROOT,
                "<rect x='%d' y='%d' width='%d' height='%d' fill='%s'/>%n",
                LABEL,
                y,
                length,
                BAR,
                line.ours() ? "#1769aa" : "#9e9e9e"));
        text(bars, LABEL + length + 6, y + BAR - 5, line.value());
    }

    private static void text(StringBuilder out, int x, int y, String text) {
        out.append(String.format(Locale.ROOT, "<text x='%d' y='%d'>%s</text>%n", x, y, text));
    }
}
