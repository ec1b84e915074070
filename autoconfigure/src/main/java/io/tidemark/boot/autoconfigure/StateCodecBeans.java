package io.tidemark.boot.autoconfigure;

import io.tidemark.api.StateCodec;
import io.tidemark.api.StateCodecFactory;
import io.tidemark.boot.StateCodecSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;

/** The codecs among the beans: single ones by the type they are for, and factories in their order. */
final class StateCodecBeans {

    private final ConfigurableListableBeanFactory factory;

    StateCodecBeans(ConfigurableListableBeanFactory factory) {
        this.factory = factory;
    }

    StateCodecSource source() {
        List<StateCodecFactory> factories = new ArrayList<>();
        for (String name : factory.getBeanNamesForType(StateCodec.class)) {
            ResolvableType type = typeOf(name);
            factories.add(
                    declared -> ResolvableType.forType(declared).toString().equals(type.toString())
                            ? factory.getBean(name, StateCodec.class)
                            : null);
        }
        factories.addAll(
                factory.getBeanProvider(StateCodecFactory.class).orderedStream().toList());
        return new StateCodecSource(factories, this::bean);
    }

    /** What a codec is for, as its bean's declaration or its class says. */
    private ResolvableType typeOf(String name) {
        if (factory.containsBeanDefinition(name)) {
            ResolvableType declared =
                    factory.getMergedBeanDefinition(name).getResolvableType().as(StateCodec.class);
            if (declared.hasGenerics() && !declared.hasUnresolvableGenerics()) {
                return declared.getGeneric(0);
            }
        }
        Class<?> type = factory.getType(name);
        return type == null
                ? ResolvableType.NONE
                : ResolvableType.forClass(type).as(StateCodec.class).getGeneric(0);
    }

    private @Nullable Object bean(Class<?> type) {
        return factory.getBeanProvider(type).getIfUnique();
    }
}
