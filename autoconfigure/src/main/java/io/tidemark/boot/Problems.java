package io.tidemark.boot;

import java.util.ArrayList;
import java.util.List;

/** Everything wrong with all processors, gathered so that it is told at once. */
final class Problems {

    private final List<String> found = new ArrayList<>();

    /** Problems of one place. */
    final class At {
        private final String place;
        private boolean any;

        private At(String place) {
            this.place = place;
        }

        void add(String problem) {
            any = true;
            found.add(place + ": " + problem);
        }

        boolean isEmpty() {
            return !any;
        }
    }

    At at(String place) {
        return new At(place);
    }

    List<String> all() {
        return List.copyOf(found);
    }
}
