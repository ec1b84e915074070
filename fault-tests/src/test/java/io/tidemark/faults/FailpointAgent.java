package io.tidemark.faults;

import static net.bytebuddy.matcher.ElementMatchers.isBridge;
import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.not;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import java.lang.instrument.Instrumentation;
import java.time.Duration;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import net.bytebuddy.matcher.ElementMatcher;

/** Weaves the {@link Failpoint}s into the application's classes as they are loaded. */
public final class FailpointAgent {

    private FailpointAgent() {}

    public static void premain(String arguments, Instrumentation instrumentation) {
        AgentBuilder agent = new AgentBuilder.Default()
                .disableClassFormatChanges()
                .with(AgentBuilder.Listener.StreamWriting.toSystemError().withErrorsOnly());
        for (Failpoint point : Failpoint.values()) {
            if (!point.type.isEmpty()) {
                agent = agent.type(named(point.type))
                        .transform((builder, type, loader, module, domain) -> builder.visit(Advice.withCustomMapping()
                                .bind(Point.class, point.name())
                                .to(point.atEntry ? AtEntry.class : AtExit.class)
                                .on(methodOf(point))));
            }
        }
        agent = agent.type(named("io.tidemark.kafka.KafkaTransactionalLog"))
                .transform((builder, type, loader, module, domain) -> builder.visit(
                                Advice.to(DeltaBegins.class).on(named("append")))
                        .visit(Advice.to(Chunk.class)
                                .on(named("send")
                                        .and(takesArguments(2))
                                        .and(method -> method.getParameters()
                                                .get(0)
                                                .getType()
                                                .asErasure()
                                                .represents(int.class)))));
        agent = agent.type(named("io.tidemark.runtime.LiveTask"))
                .transform((builder, type, loader, module, domain) ->
                        builder.visit(Advice.to(Slice.class).on(named("appendSlice"))));
        if (!Failpoints.BASE_OF_THE_PRODUCT) {
            agent = agent.type(named("io.tidemark.changelog.BaseSettings"))
                    .transform((builder, type, loader, module, domain) ->
                            builder.visit(Advice.to(SmallBase.class).on(named("defaults"))));
        }
        if (Failpoints.FOLD_INTERVAL != null) {
            agent = agent.type(named("io.tidemark.runtime.StoreSettings"))
                    .transform((builder, type, loader, module, domain) ->
                            builder.visit(Advice.to(FoldInterval.class).on(named("foldInterval"))));
        }
        agent.installOn(instrumentation);
    }

    private static ElementMatcher<MethodDescription> methodOf(Failpoint point) {
        return point.method.equals(Failpoint.CONSTRUCTOR)
                ? isConstructor()
                : named(point.method).and(not(isBridge()));
    }

    @java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)
    @interface Point {}

    static final class AtEntry {
        @Advice.OnMethodEnter
        static void enter(@Point String name) {
            Failpoints.hit(name);
        }
    }

    static final class AtExit {
        @Advice.OnMethodExit
        static void exit(@Point String name) {
            Failpoints.hit(name);
        }
    }

    static final class DeltaBegins {
        @Advice.OnMethodEnter
        static void enter() {
            Failpoints.deltaBegins();
        }
    }

    static final class Slice {
        @Advice.OnMethodEnter
        static void enter() {
            Failpoints.sliceBegins();
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void exit() {
            Failpoints.sliceEnds();
        }
    }

    static final class Chunk {
        @Advice.OnMethodEnter
        static void enter() {
            Failpoints.chunk();
        }
    }

    /** Without the type it returns: that one is being loaded. */
    static final class SmallBase {
        @Advice.OnMethodExit
        @SuppressWarnings({"UnusedVariable", "ParameterReassignment"})
        static void exit(@Advice.Return(readOnly = false, typing = Assigner.Typing.DYNAMIC) Object settings) {
            settings = Failpoints.smallBase();
        }
    }

    static final class FoldInterval {
        @Advice.OnMethodExit
        @SuppressWarnings({"UnusedVariable", "ParameterReassignment"})
        static void exit(@Advice.Return(readOnly = false) Duration interval) {
            interval = Failpoints.foldInterval();
        }
    }
}
