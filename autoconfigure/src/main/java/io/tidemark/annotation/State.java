package io.tidemark.annotation;

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
}
