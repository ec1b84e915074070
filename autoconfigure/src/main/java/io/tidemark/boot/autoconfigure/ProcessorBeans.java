package io.tidemark.boot.autoconfigure;

import io.tidemark.annotation.KeyedProcessor;
import io.tidemark.boot.ProcessorBean;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;

/** Finds the beans that are annotated as processors, by the class their author wrote. */
final class ProcessorBeans {

    private final ConfigurableListableBeanFactory factory;

    ProcessorBeans(ConfigurableListableBeanFactory factory) {
        this.factory = factory;
    }

    List<ProcessorBean> find() {
        List<ProcessorBean> found = new ArrayList<>();
        for (String name : factory.getBeanNamesForAnnotation(KeyedProcessor.class)) {
            if (name.startsWith("scopedTarget.")) {
                continue;
            }
            String target = "scopedTarget." + name;
            boolean singleton =
                    factory.isSingleton(name) && !(factory.containsBean(target) && !factory.isSingleton(target));
            if (singleton) {
                Object bean = factory.getBean(name);
                found.add(new ProcessorBean(name, bean, userClass(bean), true));
            } else {
                // It will be refused: making one, perhaps outside its scope, would only hide the reason.
                Class<?> type = factory.getType(factory.containsBean(target) ? target : name);
                found.add(new ProcessorBean(
                        name, new Object(), type == null ? Object.class : ClassUtils.getUserClass(type), false));
            }
        }
        return found;
    }

    private static Class<?> userClass(Object bean) {
        Class<?> type = bean.getClass();
        if (java.lang.reflect.Proxy.isProxyClass(type)
                && bean instanceof org.springframework.aop.TargetClassAware aware
                && aware.getTargetClass() != null) {
            return ClassUtils.getUserClass(aware.getTargetClass());
        }
        return ClassUtils.getUserClass(type);
    }
}
