package io.tidemark.runtime;

/** A failure as types and stack frames only: an author's message may quote keys or values, which never appear in logs. */
final class WithoutMessages extends Throwable {

    private static final long serialVersionUID = 1L;
    private static final int DEPTH = 8;

    private final String type;

    private WithoutMessages(Throwable of, int depth) {
        super();
        this.type = of.getClass().getName();
        setStackTrace(of.getStackTrace());
        Throwable cause = of.getCause();
        if (cause != null && cause != of && depth < DEPTH) {
            initCause(new WithoutMessages(cause, depth + 1));
        }
    }

    static Throwable of(Throwable failure) {
        return new WithoutMessages(failure, 0);
    }

    @Override
    public String getMessage() {
        return type;
    }
}
