package io.tidemark.annotation;

import io.tidemark.api.StateMigration;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A state of the processor under the current key: {@code @State ValueState<Long> total}, {@code @State ListState<Event> events} or
 * {@code @State MapState<String, Long> counts}. Handlers that name the same state share it.
 */
@Documented
@Target({ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
public @interface State {

    /** The state's name, its identity across versions; the parameter's or component's name when left out. */
    String value() default "";

    /**
     * How values are written, instead of the built-in format: a class that implements {@link io.tidemark.api.StateCodec} or
     * {@link io.tidemark.api.StateCodecFactory}. The bean of that class if there is one, else made by its constructor without arguments.
     */
    Class<?> codec() default void.class;

    /**
     * How values of earlier types become values of this one, where that is more than added and removed fields. Values the present type reads are
     * not given to them.
     */
    Class<? extends StateMigration<?, ?>>[] migrate() default {};
}
