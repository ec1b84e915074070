package io.tidemark.kafka;

/**
 * The names of one worker. The same after a restart, so that its successor fences it at once and takes its place in the group.
 *
 * @param application the application's id
 * @param processor the processor's id
 * @param processId id of this process, kept in the state directory
 * @param worker number of the worker
 */
public record WorkerIdentity(String application, String processor, String processId, int worker) {

    /** The consumer group of a processor. */
    public static String groupId(String application, String processor) {
        return application + "." + processor;
    }

    /** The changelog topic of a processor. */
    public static String changelogTopic(String application, String processor) {
        return application + "." + processor + ".changelog";
    }

    public String groupId() {
        return groupId(application, processor);
    }

    public String changelogTopic() {
        return changelogTopic(application, processor);
    }

    /** No name may hold a colon, so no two workers have the same id, whatever they are called. */
    public String transactionalId() {
        return groupId() + ":" + processId + ":" + worker;
    }

    /** Unique within the group: the last part is the worker. A colon is not allowed here. */
    public String groupInstanceId() {
        return groupId() + "-" + processId + "-" + worker;
    }

    public String clientId(String role) {
        return groupId() + "-" + worker + "-" + role;
    }
}
