package io.tidemark.planted;

import java.util.List;
import java.util.Map;

/** Classes that break one rule each. */
public final class PlantedViolations {

    private static final Map<String, List<Class<?>>> BY_RULE = Map.ofEntries(
            Map.entry("allow-list", List.of(io.tidemark.state.PlantedLibrary.class)),
            Map.entry("clock", List.of(io.tidemark.task.PlantedClock.class)),
            Map.entry("wall clock", List.of(io.tidemark.runtime.PlantedWallClock.class)),
            Map.entry("kafka", List.of(io.tidemark.changelog.PlantedKafka.class)),
            Map.entry("runtime kafka", List.of(io.tidemark.runtime.PlantedRuntimeKafka.class)),
            Map.entry("rocksdb", List.of(io.tidemark.kafka.PlantedRocksDb.class)),
            Map.entry("native", List.of(io.tidemark.rocksdb.PlantedClose.class)),
            Map.entry("spring", List.of(io.tidemark.runtime.PlantedSpring.class)),
            Map.entry("threads", List.of(io.tidemark.kafka.PlantedThread.class)),
            Map.entry("runtime", List.of(io.tidemark.kafka.PlantedRuntime.class)),
            Map.entry("arrow api", List.of(io.tidemark.api.PlantedArrow.class)),
            Map.entry("arrow error", List.of(io.tidemark.error.PlantedArrow.class)),
            Map.entry("arrow stream", List.of(io.tidemark.stream.PlantedArrow.class)),
            Map.entry("arrow state", List.of(io.tidemark.state.PlantedArrow.class)),
            Map.entry("arrow codec", List.of(io.tidemark.codec.PlantedArrow.class)),
            Map.entry("arrow changelog", List.of(io.tidemark.changelog.PlantedArrow.class)),
            Map.entry("arrow task", List.of(io.tidemark.task.PlantedArrow.class)),
            Map.entry("arrow checkpoint", List.of(io.tidemark.checkpoint.PlantedArrow.class)),
            Map.entry("arrow rocksdb", List.of(io.tidemark.rocksdb.PlantedArrow.class)),
            Map.entry("arrow kafka", List.of(io.tidemark.kafka.PlantedArrow.class)),
            Map.entry(
                    "cycle",
                    List.of(
                            io.tidemark.stream.PlantedArrow.class,
                            io.tidemark.api.PlantedArrow.class,
                            io.tidemark.api.RecordOrigin.class,
                            io.tidemark.stream.TaskId.class)));

    private PlantedViolations() {}

    public static Class<?>[] of(String rule) {
        List<Class<?>> classes = BY_RULE.get(rule);
        if (classes == null) {
            throw new IllegalArgumentException("Nothing is planted for " + rule);
        }
        return classes.toArray(Class<?>[]::new);
    }
}
