package io.tidemark.task;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.RecordHandler;
import io.tidemark.error.ProcessorFailed;
import io.tidemark.error.TidemarkException;
import io.tidemark.state.KeyedState;
import io.tidemark.stream.InputRecord;
import io.tidemark.stream.OutputTopics;
import io.tidemark.stream.TaskId;
import org.jspecify.annotations.Nullable;

/**
 * One processor on one partition number: takes a record, runs the author's handler over the keyed state, answers with a step. A record
 * happens wholly or not at all. Confined to the worker's thread; knows nothing of transactions, threads or files.
 */
public final class KeyedTask {

    private final TaskId id;
    private final KeyedState state;
    private final RecordHandler handler;
    private final CurrentRecord current = new CurrentRecord();
    private final Outputs outputs;

    /**
     * @param maxOutputBytes largest output record that can be sent; a larger one fails the record that causes it
     * @param topics which topics there are to send to; an output to another fails the record that causes it
     */
    public KeyedTask(
            ProcessorDefinition definition, TaskId id, KeyedState state, int maxOutputBytes, OutputTopics topics) {
        this.outputs = new Outputs(maxOutputBytes, topics, definition.outputs());
        this.id = id;
        this.state = state;
        this.handler = definition.handler().bind(state);
    }

    public TaskId id() {
        return id;
    }

    public KeyedState state() {
        return state;
    }

    /**
     * Processes one record.
     *
     * @throws ProcessorFailed when the record cannot be processed; it left no trace
     * @throws TidemarkException when the store failed under the handler; the record left no trace
     */
    public TaskStep process(InputRecord record) {
        byte[] key = record.key();
        if (key == null) {
            throw ProcessorFailed.unfit(
                    at(record) + " has a null key: it has no home partition, so no state can be kept for it", null);
        }
        state.enter(key);
        current.moveTo(record, key);
        outputs.startFor(record);
        boolean done = false;
        try {
            handler.handle(current, outputs);
            state.verify();
            TidemarkException failure = state.takeFailure();
            if (failure != null) {
                throw failure;
            }
            done = true;
            return outputs;
        } catch (Throwable e) {
            throw failed(record, e);
        } finally {
            // The author's code may leave its thread interrupted, which would fail the next call of a client, and so on
            // for ever.
            Thread.interrupted();
            current.leave();
            if (done) {
                outputs.finish();
                state.keep();
            } else {
                outputs.drop();
                state.undo();
            }
        }
    }

    /** Releases what the handler was bound with; the task processes nothing more. */
    public void close() {
        handler.close();
    }

    /** A failed store is not the author's failure, whatever the handler made of it; an error of the JVM is nobody's to handle here. */
    private RuntimeException failed(InputRecord record, Throwable e) {
        TidemarkException storage = state.takeFailure();
        if (storage != null && !(storage instanceof ProcessorFailed)) {
            return storage;
        }
        if ((storage == null ? e : storage) instanceof ProcessorFailed known) {
            return known.told(at(record) + " was not processed: " + known.getMessage());
        }
        if (e instanceof TidemarkException ours) {
            return ours;
        }
        // A stack that overflowed is whole again here, and the record that is too deep for it will be so anywhere.
        // Nor does an array that is longer than any may be take anything from anybody.
        if (e instanceof VirtualMachineError fatal && !(e instanceof StackOverflowError) && !isTooLongAnArray(e)) {
            throw fatal;
        }
        return new ProcessorFailed(at(record) + " was not processed: " + describe(e), e);
    }

    private static boolean isTooLongAnArray(Throwable e) {
        String message = e.getMessage();
        return e instanceof OutOfMemoryError
                && message != null
                && (message.equals("Requested array size exceeds VM limit")
                        || message.startsWith("Required length exceeds implementation limit")
                        || message.startsWith("Required array"));
    }

    /** Only the type: an author's message may quote keys or values. */
    private static String describe(@Nullable Throwable e) {
        return e == null ? "no cause" : e.getClass().getName();
    }

    private String at(InputRecord record) {
        return "Processor " + id.processor() + ": record at " + record.topic() + "-" + record.partition() + "@"
                + record.offset();
    }
}
