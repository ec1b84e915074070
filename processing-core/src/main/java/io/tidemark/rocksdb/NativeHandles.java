package io.tidemark.rocksdb;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.rocksdb.AbstractNativeReference;

/**
 * Every native object of this room, from its making to its closing. RocksDB frees nothing by itself: what is not closed is lost memory
 * that no heap dump shows, so all of it goes through here and can be counted. Thread-safe.
 */
final class NativeHandles {

    private final Set<AbstractNativeReference> open =
            Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

    /** Takes charge of an object that was just made. */
    <T extends AbstractNativeReference> T made(T handle) {
        open.add(handle);
        return handle;
    }

    /**
     * @throws IllegalStateException when it was not made here, or is closed already: nothing may escape the count
     */
    void close(AbstractNativeReference handle) {
        if (!open.remove(handle)) {
            throw new IllegalStateException(handle.getClass().getSimpleName() + " is not open");
        }
        handle.close();
    }

    int count() {
        return open.size();
    }

    /** Open objects by type, for messages. */
    Map<String, Integer> byType() {
        Map<String, Integer> counts = new TreeMap<>();
        synchronized (open) {
            open.forEach(handle -> counts.merge(handle.getClass().getSimpleName(), 1, Integer::sum));
        }
        return counts;
    }
}
