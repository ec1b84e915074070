package io.tidemark.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names that a part of a stored type had in earlier versions: of a record component or field, of an enum constant, or of an alternative of a
 * sealed type. What was stored under one of them is read as this.
 *
 * <p>Without names on a component or field, {@code @StateAlias({})}: this one is new, and no other name for one that is gone.
 */
@Documented
@Target({ElementType.FIELD, ElementType.RECORD_COMPONENT, ElementType.PARAMETER, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface StateAlias {

    /** The earlier names. */
    String[] value();
}
