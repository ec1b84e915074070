package io.tidemark.runtime.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Runs many seeds on all cores. */
final class Simulations {

    /** A seed that failed. */
    record Failure(long seed, Throwable cause) {}

    private final Set<Rule> broken;
    private final boolean tamper;
    private final Map<String, Integer> counts = new ConcurrentHashMap<>();

    Simulations(Set<Rule> broken, boolean tamper) {
        this.broken = broken;
        this.tamper = tamper;
    }

    Map<String, Integer> counts() {
        return counts;
    }

    /** Runs the seeds until one fails; of those that failed on several cores at once it is the lowest. */
    Optional<Failure> firstFailure(long from, long count) {
        AtomicLong next = new AtomicLong(from);
        AtomicReference<Failure> failure = new AtomicReference<>();
        List<Thread> runners = new ArrayList<>();
        for (int i = 0; i < Math.max(1, Runtime.getRuntime().availableProcessors()); i++) {
            Thread runner = new Thread(() -> {
                ExecutorService threads = Executors.newCachedThreadPool(task -> {
                    Thread thread = new Thread(task, "simulated process");
                    thread.setDaemon(true);
                    return thread;
                });
                try {
                    long seed;
                    while (failure.get() == null && (seed = next.getAndIncrement()) < from + count) {
                        run(seed, threads)
                                .ifPresent(found -> failure.accumulateAndGet(
                                        found, (one, other) -> one == null || other.seed() < one.seed() ? other : one));
                    }
                } finally {
                    threads.shutdownNow();
                }
            });
            runners.add(runner);
            runner.start();
        }
        for (Thread runner : runners) {
            try {
                runner.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return Optional.ofNullable(failure.get());
    }

    private Optional<Failure> run(long seed, ExecutorService threads) {
        try {
            new Sim(seed, broken, tamper, counts, false).run(threads);
            return Optional.empty();
        } catch (Throwable e) {
            return Optional.of(new Failure(seed, e));
        }
    }

    /** Runs one seed with a trace of everything that happened. */
    String replay(long seed) {
        ExecutorService threads = Executors.newCachedThreadPool();
        Sim sim = new Sim(seed, broken, tamper, new ConcurrentHashMap<>(), true);
        try {
            sim.run(threads);
            return sim.story() + "\npassed";
        } catch (Throwable e) {
            return sim.story() + "\n" + e;
        } finally {
            threads.shutdownNow();
        }
    }
}
