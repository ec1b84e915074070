package io.tidemark.runtime;

/** Hears what happens in the runtime, on the thread it happens on. */
@FunctionalInterface
public interface RuntimeListener {

    void on(RuntimeEvent event);
}
