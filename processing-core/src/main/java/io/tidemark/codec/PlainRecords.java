package io.tidemark.codec;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which records are what their components say. */
final class PlainRecords {

    private static final List<String> HARMLESS = List.of("java.lang.", "org.jspecify.");

    private PlainRecords() {}

    /**
     * Whether nothing about the type could make Jackson write something else than its components: it looks at annotations of the type, of
     * its methods, constructors and their parameters, at those of its interfaces, and takes getters for components as well.
     */
    static boolean isPlain(Class<?> type) {
        if (!type.isRecord() || type.getTypeParameters().length > 0) {
            return false;
        }
        boolean foreignInterfaces = Arrays.stream(type.getInterfaces())
                .anyMatch(each -> !each.getName().startsWith("java."));
        Set<String> accessors = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .collect(Collectors.toSet());
        boolean getters = Arrays.stream(type.getMethods())
                .filter(method -> method.getParameterCount() == 0 && method.getDeclaringClass() != Object.class)
                .filter(method -> !accessors.contains(method.getName()))
                .anyMatch(method ->
                        method.getName().startsWith("get") || method.getName().startsWith("is"));
        Stream<AnnotatedElement> parts = Stream.of(
                        Stream.<AnnotatedElement>of(type),
                        Arrays.stream(type.getDeclaredFields()),
                        Arrays.stream(type.getDeclaredMethods()),
                        Arrays.stream(type.getDeclaredConstructors()),
                        Arrays.stream(type.getDeclaredConstructors())
                                .flatMap(constructor -> Arrays.stream(constructor.getParameters())),
                        Arrays.stream(type.getDeclaredMethods())
                                .flatMap(method -> Arrays.stream(method.getParameters())),
                        Arrays.stream(type.getRecordComponents()))
                .flatMap(elements -> elements);
        return !foreignInterfaces && !getters && parts.noneMatch(PlainRecords::isAnnotated);
    }

    /** Annotations of the language and of null checkers change nothing; of any other nobody knows. */
    private static boolean isAnnotated(AnnotatedElement element) {
        for (Annotation annotation : element.getAnnotations()) {
            String name = annotation.annotationType().getName();
            if (HARMLESS.stream().noneMatch(name::startsWith)) {
                return true;
            }
        }
        return false;
    }
}
