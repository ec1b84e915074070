package io.tidemark.state;

import io.tidemark.stream.TaskId;

/** Stores on the heap: every open starts empty, so every task restores from the changelog. */
public final class InMemoryStateStores implements StateStores {

    @Override
    public StateStore open(TaskId task) {
        return new InMemoryStateStore();
    }

    @Override
    public boolean isHeld(TaskId task) {
        return false;
    }

    @Override
    public StateStore openElsewhere(TaskId task) {
        return open(task);
    }

    @Override
    public void discard(TaskId task) {
        // Nothing outlives the store.
    }

    @Override
    public void quarantine(TaskId task, String reason) {
        // Nothing outlives the store.
    }
}
