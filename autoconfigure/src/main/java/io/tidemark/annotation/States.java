package io.tidemark.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A record whose components are all states, so that handlers that share them declare them once:
 * {@code record Sides(ValueState<Order> order, MapState<String, Payment> payments) {}}. Each state is named by its component, or by
 * {@link State} on it.
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface States {}
