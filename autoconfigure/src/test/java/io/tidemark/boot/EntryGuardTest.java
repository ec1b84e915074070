package io.tidemark.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tidemark.annotation.KeyedProcessor;
import io.tidemark.annotation.OnRecord;
import io.tidemark.annotation.State;
import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.ValueState;
import io.tidemark.error.EnvironmentRefused;
import io.tidemark.task.KeyedTask;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.junit.jupiter.api.Test;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.scheduling.annotation.Async;

/** Whatever wraps a handler, it runs once for each record. */
class EntryGuardTest extends DefinitionFixture {

    private static final MethodInterceptor RETRYING = call -> {
        Throwable last = null;
        for (int i = 0; i < 3; i++) {
            try {
                return copy(call).proceed();
            } catch (IllegalStateException e) {
                last = e;
            }
        }
        throw last;
    };

    private static MethodInvocation copy(MethodInvocation call) {
        return ((ProxyMethodInvocation) call).invocableClone();
    }

    @KeyedProcessor(id = "totals", topics = "orders")
    static class Totals {
        final AtomicInteger runs = new AtomicInteger();

        @OnRecord
        @SendTo("out")
        Long on(String value, @State ValueState<Long> total) {
            runs.incrementAndGet();
            long now = total.update(() -> 0L, n -> n + 1);
            if (value.contains("bad")) {
                throw new IllegalStateException("bad");
            }
            return now;
        }
    }

    @Test
    void shouldRunAHandlerOnceThatIsRetriedInsideTheProxy() {
        Totals totals = new Totals();
        KeyedTask task = task(proxied(totals, Totals.class, RETRYING));

        assertThat(catchThrowable(() -> process(task, "k", "\"bad\"", Map.of())))
                .hasRootCauseMessage("bad");
        assertThat(totals.runs).hasValue(1);
        assertThat(process(task, "k", "\"good\"", Map.of()).stream().map(DefinitionFixture::text))
                .as("nothing of the failed run is left")
                .containsExactly("1");
    }

    @Test
    void shouldRunAHandlerOnceThatIsCalledTwiceForNothing() {
        Totals totals = new Totals();
        KeyedTask task = task(proxied(totals, Totals.class, call -> {
            copy(call).proceed();
            return copy(call).proceed();
        }));

        for (int i = 1; i <= 3; i++) {
            assertThat(process(task, "k", "\"good\"", Map.of()).stream().map(DefinitionFixture::text))
                    .containsExactly(Integer.toString(i));
        }
        assertThat(totals.runs).hasValue(3);
    }

    @Test
    void shouldRefuseACallThatNeverReachesTheHandler() {
        for (MethodInterceptor hiding : List.<MethodInterceptor>of(call -> 7L, call -> {
            MethodInvocation later = copy(call);
            CompletableFuture<Void> unused = CompletableFuture.runAsync(() -> catchThrowable(later::proceed));
            unused.join();
            return 7L;
        })) {
            Totals totals = new Totals();
            KeyedTask task = task(proxied(totals, Totals.class, hiding));

            Throwable failure = catchThrowable(() -> process(task, "k", "\"good\"", Map.of()));

            assertThat(failure)
                    .isInstanceOf(EnvironmentRefused.class)
                    .hasMessageContaining("Handler on of bean 'b' was not run");
        }
    }

    /** What fails does so before it is asked whether the handler ran: an open circuit, no right to call. */
    @Test
    void shouldLetAnInterceptorFail() {
        KeyedTask task = task(proxied(new Totals(), Totals.class, call -> {
            throw new IllegalArgumentException("the circuit is open");
        }));

        assertThat(catchThrowable(() -> process(task, "k", "\"good\"", Map.of())))
                .hasRootCauseMessage("the circuit is open");
    }

    @Retention(RetentionPolicy.RUNTIME)
    @Retryable
    @interface Stubborn {}

    @Async
    interface Elsewhere {}

    @KeyedProcessor(id = "a", topics = "t")
    static class OfAnInterface implements Elsewhere {
        @OnRecord
        void on(String value) {}
    }

    @KeyedProcessor(id = "a", topics = "t")
    static class Composed {
        @Stubborn
        @OnRecord
        void on(String value) {}
    }

    static class Base {
        @Retryable
        void on(String value) {}
    }

    @KeyedProcessor(id = "a", topics = "t")
    static class Derived extends Base {
        @Override
        @OnRecord
        void on(String value) {}
    }

    @Test
    void shouldFindAnnotationsWhereverTheyAre() {
        assertThat(problem(new OfAnInterface())).contains("@Async");
        assertThat(problem(new Composed())).contains("@Retryable");
        assertThat(problem(new Derived())).contains("@Retryable");
    }

    private static ProcessorDefinition proxied(Object bean, Class<?> type, MethodInterceptor interceptor) {
        ProxyFactory proxy = new ProxyFactory(bean);
        proxy.setProxyTargetClass(true);
        proxy.addAdvice(interceptor);
        return reader().read(List.of(new ProcessorBean("b", proxy.getProxy(), type, true)))
                .get(0);
    }
}
