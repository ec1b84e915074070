package io.tidemark.boot;

/**
 * A bean that is annotated as a processor.
 *
 * @param name the bean's name
 * @param bean the bean, possibly a proxy
 * @param userClass the class the author wrote
 * @param singleton whether there is exactly one of it
 */
public record ProcessorBean(String name, Object bean, Class<?> userClass, boolean singleton) {}
