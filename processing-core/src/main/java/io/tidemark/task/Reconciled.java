package io.tidemark.task;

import io.tidemark.state.StateChange;
import java.util.List;
import java.util.Map;

/**
 * What brings the stored schemas up to the declared ones.
 *
 * @param changes written with the next delta
 * @param onFirstWrite by state, written with the first delta that holds a value of it: a schema nobody has written a value with leaves no
 *     trace
 * @param notes what is left out from here on, for the log; mostly empty
 * @param news states that are new, stored in another form from here on, or dropped, for the log
 */
public record Reconciled(
        List<StateChange> changes, Map<String, List<StateChange>> onFirstWrite, List<String> notes, List<String> news) {

    public Reconciled {
        changes = List.copyOf(changes);
        onFirstWrite = Map.copyOf(onFirstWrite);
        notes = List.copyOf(notes);
        news = List.copyOf(news);
    }
}
