package io.tidemark.api;

/** Makes the handler of one task; called once per task, before its first record, on the worker's thread. */
@FunctionalInterface
public interface HandlerBinding {

    RecordHandler bind(StateAccess states);
}
