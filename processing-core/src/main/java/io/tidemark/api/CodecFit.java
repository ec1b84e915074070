package io.tidemark.api;

import java.util.List;

/**
 * Whether a codec reads what is stored.
 *
 * @param misfits what it cannot read, each with the way out; empty when it reads everything
 * @param drops fields that may be stored and that it would drop, because its type does not have them
 * @param behind whether its own schema was written before, and another one since: the version is an older one, or one that goes back
 */
public record CodecFit(List<String> misfits, List<String> drops, boolean behind) {

    /** Everything is read as it is. */
    public static final CodecFit EXACT = new CodecFit(List.of(), List.of(), false);

    public CodecFit {
        misfits = List.copyOf(misfits);
        drops = List.copyOf(drops);
    }

    public static CodecFit misfit(String reason) {
        return new CodecFit(List.of(reason), List.of(), false);
    }

    /** Whether every stored value can be read, if perhaps not all of it. */
    public boolean isReadable() {
        return misfits.isEmpty();
    }
}
