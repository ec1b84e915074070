package io.tidemark.boot;

import io.tidemark.api.StateDescriptor;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A handler method as it was read once at start.
 *
 * @param name the method's name
 * @param method the method, bound to its bean
 * @param topics topics whose records it takes
 * @param arguments its parameters in order
 * @param targets topics its results go to
 */
record HandlerMethod(
        String name, MethodHandle method, List<String> topics, List<Argument> arguments, List<String> targets) {

    /** Its payload parameter, if it takes one. */
    Optional<Argument.Payload> payload() {
        for (Argument argument : arguments) {
            if (argument instanceof Argument.Payload payload) {
                return Optional.of(payload);
            }
        }
        return Optional.empty();
    }

    /** The states it declares. */
    List<StateDescriptor<?>> states() {
        List<StateDescriptor<?>> states = new ArrayList<>();
        for (Argument argument : arguments) {
            if (argument instanceof Argument.StateOf state) {
                states.add(state.descriptor());
            } else if (argument instanceof Argument.StatesOf several) {
                states.addAll(several.states());
            }
        }
        return states;
    }

    /** Every topic it names as a target. */
    List<String> outputs() {
        List<String> outputs = new ArrayList<>(targets);
        for (Argument argument : arguments) {
            if (argument instanceof Argument.OutputOf output) {
                outputs.addAll(output.targets());
            }
        }
        return outputs;
    }
}
