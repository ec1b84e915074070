package io.tidemark.state;

import io.tidemark.error.StorageFailed;
import io.tidemark.stream.TaskId;

/** Opens and sets aside the stores of this process. Safe for use by all workers; one store is open once at a time. */
public interface StateStores {

    /**
     * Opens the task's store, creating an empty one when there is none. A store that cannot be opened
     * any more is set aside and an empty one opened.
     *
     * @throws StorageFailed when the place cannot be used now, or another worker still holds the store
     */
    StateStore open(TaskId task);

    /** Whether the store of the task is open in this process. */
    boolean isHeld(TaskId task);

    /**
     * Opens an empty store of the task in another place, because its own is held by somebody who does not let go. It is gone once closed.
     *
     * @throws StorageFailed when the place cannot be used now
     */
    StateStore openElsewhere(TaskId task);

    /** Deletes whatever the (closed) store of the task holds: an interrupted restore, which nobody wants to look at. */
    void discard(TaskId task);

    /** Sets aside whatever the (closed) store of the task holds; the next {@link #open} starts empty. */
    void quarantine(TaskId task, String reason);
}
