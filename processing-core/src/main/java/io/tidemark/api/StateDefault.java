package io.tidemark.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a component or field is in values that were stored before it existed. Without it: zero, false or null, an empty optional, or, in a class
 * that is made without arguments, what its initializer says.
 */
@Documented
@Target({ElementType.FIELD, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
public @interface StateDefault {

    /**
     * The value as text: of numbers, truth values, texts, enum constants, and of everything that has a {@code parse} or the like; the empty text
     * stands for an empty container. Checked at start.
     */
    String value();
}
