package io.tidemark.codec;

import java.util.List;

/** A type that state cannot have: each reason with the path to it and the way out. */
public final class UnstorableType extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final transient List<String> reasons;

    UnstorableType(List<String> reasons) {
        super(String.join("; ", reasons));
        this.reasons = List.copyOf(reasons);
    }

    /** Each on its own. */
    public List<String> reasons() {
        return reasons;
    }
}
