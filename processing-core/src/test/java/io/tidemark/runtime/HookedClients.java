package io.tidemark.runtime;

import io.tidemark.kafka.KafkaClients;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.producer.Producer;

/** Real clients, with somebody looking over their shoulders. */
final class HookedClients implements KafkaClients {

    /** Called around every call of a producer. */
    interface Hook {

        /** May throw instead of the call. */
        default void before(String method) throws Throwable {}

        /** May throw although the call was made. */
        default void after(String method) throws Throwable {}

        /** What a member of the group really calls when its partitions change. */
        default ConsumerRebalanceListener listener(ConsumerRebalanceListener real) {
            return real;
        }
    }

    private final KafkaClients real;
    private final Hook hook;

    HookedClients(KafkaClients real, Hook hook) {
        this.real = real;
        this.hook = hook;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Producer<byte[], byte[]> producer(Map<String, Object> overrides) {
        Producer<byte[], byte[]> producer = real.producer(overrides);
        return (Producer<byte[], byte[]>) Proxy.newProxyInstance(
                Producer.class.getClassLoader(), new Class<?>[] {Producer.class}, (proxy, method, arguments) -> {
                    hook.before(method.getName());
                    Object result;
                    try {
                        result = method.invoke(producer, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    hook.after(method.getName());
                    return result;
                });
    }

    @Override
    @SuppressWarnings("unchecked")
    public Consumer<byte[], byte[]> consumer(Map<String, Object> overrides) {
        Consumer<byte[], byte[]> consumer = real.consumer(overrides);
        return (Consumer<byte[], byte[]>) Proxy.newProxyInstance(
                Consumer.class.getClassLoader(), new Class<?>[] {Consumer.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("subscribe")
                            && arguments.length == 2
                            && arguments[1] instanceof ConsumerRebalanceListener listener) {
                        arguments[1] = hook.listener(listener);
                    }
                    try {
                        return method.invoke(consumer, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Override
    public Admin admin() {
        return real.admin();
    }

    @Override
    public Map<String, Object> consumerConfiguration() {
        return real.consumerConfiguration();
    }

    @Override
    public Map<String, Object> producerConfiguration() {
        return real.producerConfiguration();
    }

    @Override
    public boolean mayCreateTopics() {
        return real.mayCreateTopics();
    }
}
