package io.tidemark.error;

/** Another version has written the state since, and this one would leave something out: leave the task alone until somebody decides. */
public final class NewerState extends TidemarkException {

    public NewerState(String message) {
        super(message, null);
    }
}
