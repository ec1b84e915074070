package io.tidemark.boot;

import io.tidemark.error.EnvironmentRefused;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.core.BridgeMethodResolver;

/**
 * Sees to it that whatever wraps a handler runs it once for each record: the innermost interceptor of the bean's proxy. An interceptor that
 * repeats a call that failed gets the same failure again, and one that repeats a call that did not gets its result, both without running the
 * handler: a repetition inside the proxy would come before the changes of the first run are undone. A call that never reaches the handler, because it was
 * left out or handed to another thread, is refused: its record would count as processed.
 *
 * <p>How it is found that handlers may be wrapped, and by what, does not matter: annotations of any kind, on any class, and pointcuts alike.
 */
final class EntryGuard implements MethodInterceptor {

    private static final Logger log = LoggerFactory.getLogger(EntryGuard.class);
    private static final MethodHandle ENTER = own("enter", MethodType.methodType(void.class, Method.class));
    private static final MethodHandle LEAVE = own("leave", MethodType.methodType(void.class, Throwable.class));

    private final String bean;
    private final Set<Method> methods = new HashSet<>();
    private final ThreadLocal<Call> calls = ThreadLocal.withInitial(Call::new);
    private final AtomicBoolean told = new AtomicBoolean();

    /** What becomes of the call a worker makes; one for each thread. */
    private static final class Call {
        private @Nullable Method method;
        private boolean inside;
        private boolean entered;
        private @Nullable Object result;
        private @Nullable Throwable failure;

        void begin(@Nullable Method now) {
            method = now;
            inside = false;
            entered = false;
            result = null;
            failure = null;
        }
    }

    private EntryGuard(String bean) {
        this.bean = bean;
    }

    /** The guard of a bean, or {@code null} when nothing wraps it that could be asked. */
    static @Nullable EntryGuard of(ProcessorBean bean) {
        if (!(bean.bean() instanceof Advised advised)) {
            return null;
        }
        for (Advisor advisor : advised.getAdvisors()) {
            if (advisor.getAdvice() instanceof EntryGuard there) {
                return there;
            }
        }
        if (advised.isFrozen()) {
            return null;
        }
        EntryGuard guard = new EntryGuard(bean.name());
        StaticMethodMatcherPointcut handlers = new StaticMethodMatcherPointcut() {
            @Override
            public boolean matches(Method method, Class<?> target) {
                return guard.methods.contains(BridgeMethodResolver.findBridgedMethod(method));
            }
        };
        for (Method method : org.springframework.util.ReflectionUtils.getAllDeclaredMethods(bean.userClass())) {
            if (ProcessorDefinitionReader.isHandler(method)) {
                guard.methods.add(method);
            }
        }
        advised.addAdvisor(advised.getAdvisors().length, new DefaultPointcutAdvisor(handlers, guard));
        return guard;
    }

    /** The same call, watched. */
    MethodHandle watched(MethodHandle call, Method method) {
        MethodHandle entering =
                MethodHandles.foldArguments(call, MethodHandles.insertArguments(ENTER.bindTo(this), 0, method));
        MethodHandle leaving = LEAVE.bindTo(this);
        Class<?> result = call.type().returnType();
        if (result != void.class) {
            MethodHandle same = MethodHandles.dropArguments(MethodHandles.identity(result), 0, Throwable.class);
            leaving = MethodHandles.foldArguments(same, leaving);
        }
        return MethodHandles.tryFinally(entering, leaving);
    }

    @SuppressWarnings("UnusedMethod") // by its handle
    private void enter(Method method) {
        calls.get().begin(method);
    }

    @SuppressWarnings("UnusedMethod") // by its handle
    private void leave(@Nullable Throwable failure) {
        Call call = calls.get();
        boolean missed = failure == null && !call.entered;
        Method method = call.method;
        call.begin(null);
        if (missed) {
            throw new EnvironmentRefused(
                    "Handler " + (method == null ? "" : method.getName()) + " of bean '" + bean
                            + "' was not run: an interceptor of its proxy returned without calling it, or calls it on another"
                            + " thread.",
                    "A record would count as processed. Take @Async and the like off the bean, and have an aspect throw where it"
                            + " does not call; to leave a record out, return early in the handler.",
                    null);
        }
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        Call call = calls.get();
        if (call.method == null
                || call.inside
                || !call.method.equals(BridgeMethodResolver.findBridgedMethod(invocation.getMethod()))) {
            return invocation.proceed(); // not for a record, or one handler that calls another
        }
        if (call.entered) {
            return again(call, call.method);
        }
        call.entered = true;
        call.inside = true;
        try {
            call.result = invocation.proceed();
            return call.result;
        } catch (Throwable e) {
            call.failure = e;
            throw e;
        } finally {
            call.inside = false;
        }
    }

    private @Nullable Object again(Call call, Method method) throws Throwable {
        if (told.compareAndSet(false, true)) {
            log.warn(
                    "An interceptor of bean '{}' calls handler {} again for one record. It is run once: the changes of the first"
                            + " run are not undone inside the proxy. Records that fail are retried by tidemark.retry.*.",
                    bean,
                    method.getName());
        }
        if (call.failure != null) {
            throw call.failure;
        }
        return call.result;
    }

    private static MethodHandle own(String name, MethodType type) {
        try {
            return MethodHandles.lookup().findVirtual(EntryGuard.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("The method is below", e);
        }
    }
}
