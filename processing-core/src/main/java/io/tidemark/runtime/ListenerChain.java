package io.tidemark.runtime;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells several listeners; one that throws is logged and harms nobody. */
final class ListenerChain implements RuntimeListener {

    private static final Logger log = LoggerFactory.getLogger(ListenerChain.class);

    private final List<RuntimeListener> listeners;

    ListenerChain(List<RuntimeListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    @Override
    public void on(RuntimeEvent event) {
        for (RuntimeListener listener : listeners) {
            try {
                listener.on(event);
            } catch (RuntimeException | LinkageError | AssertionError e) {
                log.warn(
                        "processor={} A runtime listener failed on {}",
                        event.processor(),
                        event.getClass().getSimpleName(),
                        e);
            }
        }
    }
}
