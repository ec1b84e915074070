package io.tidemark.boot;

import io.tidemark.api.HandlerBinding;
import io.tidemark.api.StateDescriptor;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A handler method as it was read once at start.
 *
 * @param method the method, bound to its bean
 * @param arguments its parameters in order
 * @param targets topics its results go to
 * @param formats makes the format of a task
 */
record HandlerMethod(
        MethodHandle method, List<Argument> arguments, List<String> targets, Supplier<RecordFormat> formats) {

    /** The states it declares, each once. */
    List<StateDescriptor<?>> states() {
        List<StateDescriptor<?>> states = new ArrayList<>();
        for (Argument argument : arguments) {
            if (argument instanceof Argument.StateOf state && !states.contains(state.descriptor())) {
                states.add(state.descriptor());
            }
        }
        return states;
    }

    HandlerBinding binding() {
        return access -> {
            RecordFormat format = formats.get();
            return new MethodHandler(Arguments.bind(method, arguments, access, format), new Results(targets, format));
        };
    }
}
