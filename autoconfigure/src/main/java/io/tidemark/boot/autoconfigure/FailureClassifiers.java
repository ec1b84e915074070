package io.tidemark.boot.autoconfigure;

import io.tidemark.api.FailureClassifier;
import io.tidemark.api.FailureKind;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The application's classifiers in their order, then what properties and defaults say. */
record FailureClassifiers(List<FailureClassifier> beans, FailureClassifier otherwise) implements FailureClassifier {

    private static final Logger log = LoggerFactory.getLogger(FailureClassifiers.class);

    @Override
    public @Nullable FailureKind classify(Throwable failure) {
        for (FailureClassifier bean : beans) {
            FailureKind kind = classify(bean, failure);
            if (kind != null) {
                return kind;
            }
        }
        return otherwise.classify(failure);
    }

    private static @Nullable FailureKind classify(FailureClassifier bean, Throwable failure) {
        try {
            return bean.classify(failure);
        } catch (RuntimeException | LinkageError | AssertionError e) {
            log.warn(
                    "The failure classifier {} failed with {} and is passed over.",
                    bean.getClass().getName(),
                    e.getClass().getName());
            return null;
        }
    }
}
