package io.tidemark.api;

/** Hands out the states of one task, once, when its handler is bound. */
public interface StateAccess {

    /**
     * The handle of a declared state; the same handle for the same name.
     *
     * @throws IllegalArgumentException when the processor's definition does not declare it
     */
    <H> H state(StateDescriptor<H> descriptor);
}
