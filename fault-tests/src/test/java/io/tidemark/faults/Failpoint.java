package io.tidemark.faults;

/** The steps of the protocol a process can die or freeze at, by the letters of the fault catalogue. */
enum Failpoint {
    /** A1: before anything of the checkpoint is written; the overlay is dirty. */
    BEFORE_PREPARE("io.tidemark.runtime.CheckpointDriver", "prepareDeltas", true),
    /** A2: some chunks of a delta are sent, others are not. */
    HALF_DELTA("", "", true),
    /** A3: the deltas are in the log, the offsets are not in the transaction. */
    DELTAS_DURABLE("io.tidemark.kafka.KafkaTransactionalLog", "sendOffsets", true),
    /** A4: the offsets are in the transaction, its end has not been asked for. */
    OFFSETS_SENT("io.tidemark.kafka.KafkaTransactionalLog", "commit", true),
    /** A6: the transaction is committed, nothing of it is done here. */
    DECIDED("io.tidemark.kafka.KafkaTransactionalLog", "commit", false),
    /** A7: the store is about to take committed changes. */
    BEFORE_STORE("io.tidemark.rocksdb.RocksDbStateStore", "apply", true),
    /** A7: the store has taken committed changes, nobody knows yet. */
    AFTER_STORE("io.tidemark.rocksdb.RocksDbStateStore", "apply", false),
    /** A8: a store is about to be set aside. */
    BEFORE_QUARANTINE("io.tidemark.rocksdb.RocksDbStateStores", "moveAside", true),
    /** A8: a store was set aside, the new one is not there. */
    AFTER_QUARANTINE("io.tidemark.rocksdb.RocksDbStateStores", "moveAside", false),
    /** A9: some chunks of a slice of the next base are sent, others are not. */
    HALF_SLICE("", "", true),
    /** A9: a slice of the next base is in the transaction, the delta behind it is not. */
    SLICE_APPENDED("io.tidemark.runtime.LiveTask$PreparedSlice", Failpoint.CONSTRUCTOR, false),
    /** A9: a base is committed, what lies before it is still in the log. */
    BEFORE_TRIM("io.tidemark.kafka.KafkaChangelogTrimmer", "deleteBefore", true),
    /** A9: it is being deleted, or will be once the client gets to it. */
    AFTER_TRIM("io.tidemark.kafka.KafkaChangelogTrimmer", "deleteBefore", false),
    /** A task looks for its committed checkpoint. */
    LOCATING("io.tidemark.runtime.TaskRestore", "locate", true),
    /** A new producer is about to be made. */
    REPLACING_PRODUCER("io.tidemark.kafka.KafkaTransactionalLog", "replace", true);

    static final String CONSTRUCTOR = "<init>";

    final String type;
    final String method;
    final boolean atEntry;

    Failpoint(String type, String method, boolean atEntry) {
        this.type = type;
        this.method = method;
        this.atEntry = atEntry;
    }
}
