package io.tidemark.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The method that takes the records of a processor's topics. It happens wholly or not at all: when it throws, state and output of the
 * record are undone.
 *
 * <p>Parameters, in any order: one plain parameter for the payload, {@link Key}, {@link State}, Spring's {@code @Header}, and
 * {@link io.tidemark.api.RecordOrigin}. A return value goes to the topics of Spring's {@code @SendTo}, or where an
 * {@link io.tidemark.api.Outgoing} says.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface OnRecord {}
