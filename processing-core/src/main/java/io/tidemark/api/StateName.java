package io.tidemark.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name under which an alternative of a sealed type is stored, instead of its simple class name. Needed where two alternatives have the same
 * simple name.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface StateName {

    /** A letter, then letters, digits, {@code _}, {@code -} and {@code .}; at most 63. */
    String value();
}
