package io.tidemark.runtime.simulation;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.error.TidemarkException;
import io.tidemark.runtime.HandlerTimes;
import io.tidemark.runtime.RuntimeEvent;
import io.tidemark.runtime.SteppedWorker;
import io.tidemark.runtime.Verdicts;
import io.tidemark.runtime.WorkerDuty;
import io.tidemark.runtime.WorkerPorts;
import io.tidemark.runtime.simulation.SimKafka.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;

/** One simulated process with one worker: runs on a thread of its own, one action at a time, whenever the scheduler says so. */
final class SimWorker {

    private final Sim sim;
    private final int number;
    private final ProcessorDefinition definition;
    final SimDisk disk;
    final String id;
    private final List<Entry> appended = new ArrayList<>();
    private Thread thread;
    private boolean stopRequested;
    private boolean crashing;
    private boolean ending;
    private boolean finished;
    private Throwable failure;
    boolean down;
    private SteppedWorker worker;

    SimWorker(Sim sim, int number, ProcessorDefinition definition) {
        this.sim = sim;
        this.number = number;
        this.definition = definition;
        this.id = "sim-group:w" + number + ":0";
        this.disk = new SimDisk(sim, this);
    }

    void start(ExecutorService threads) {
        CountDownLatch started = new CountDownLatch(1);
        threads.execute(() -> {
            thread = Thread.currentThread();
            started.countDown();
            sim.baton.await();
            run();
            finished = true;
            sim.baton.handTo(sim.scheduler);
        });
        try {
            started.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void run() {
        while (!ending) {
            try {
                life();
            } catch (SimulatedCrash e) {
                crashing = false;
                down = true;
                worker = null;
                disk.released();
                loseUndurable();
                if (!ending) {
                    yieldNow();
                }
                down = false;
            } catch (Throwable e) {
                failure = e;
                return;
            }
        }
    }

    /** From the start of the process to its death; a worker that fails is made anew, as the runtime does. */
    private void life() {
        Verdicts verdicts = new Verdicts();
        while (!ending) {
            worker = new SteppedWorker(
                    new WorkerDuty(
                            definition,
                            "sim-group",
                            sim.tasks,
                            sim.settings,
                            new HandlerTimes(Sim.TRANSACTION_TIMEOUT, Duration.ofMinutes(5)),
                            verdicts),
                    new WorkerPorts(
                            new SimSource(sim, this, id),
                            new SimLog(sim, this, id),
                            topic -> true,
                            new SimChangelog(sim, this),
                            (partition, offset) -> {
                                point("trim");
                                sim.kafka.deleteBefore(partition, offset);
                            },
                            disk,
                            owner -> {
                                point("fence");
                                sim.count("fenced an owner");
                                sim.kafka.fence(owner);
                                return true;
                            },
                            Map.of(),
                            sim.codec,
                            sim::attempt),
                    this::event,
                    () -> sim.now);
            // A new process under the same static identity takes its former self's place in the group.
            sim.kafka.evict(id);
            try {
                while (!ending) {
                    if (!worker.doWork()) {
                        throw new Violation(this + " halted");
                    }
                    point("cycle");
                    sim.now += 200_000;
                    if (stopRequested) {
                        stopRequested = false;
                        sim.trace(this + " stops in order");
                        worker.stop();
                        sim.count("stopped in order");
                        break;
                    }
                }
            } catch (TidemarkException e) {
                sim.trace(this + " restarts: " + e);
                sim.count("worker restarted");
                worker.abandon();
                disk.released();
                point("worker restart");
            }
        }
    }

    /** Whether it is this worker that acts at the moment. */
    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    private void event(RuntimeEvent event) {
        sim.event(this, event);
    }

    /** A place where the scheduler may do anything: let time pass, run the other worker, or end this process. */
    void point(String name) {
        if (Thread.currentThread() != thread) {
            return; // the scheduler itself looks at the world
        }
        if (crashing || ending) {
            throw new SimulatedCrash();
        }
        if (sim.trace != null) {
            sim.trace(this + " " + name);
        }
        sim.now += 20_000;
        if (sim.random.nextInt(100) < sim.switchPercent) {
            yieldNow();
            if (crashing || ending) {
                throw new SimulatedCrash();
            }
        }
    }

    private void yieldNow() {
        sim.baton.handTo(sim.scheduler);
        sim.baton.await();
    }

    // ---- called by the scheduler

    /** Asks for an orderly stop and start at the next opportunity. */
    void requestStop() {
        stopRequested = true;
    }

    void resume() {
        if (finished) {
            return;
        }
        sim.baton.handTo(thread);
        sim.baton.await();
        if (failure instanceof Violation violation) {
            throw violation;
        }
        if (failure != null) {
            throw new Violation(this + " failed with " + failure + "\n"
                    + java.util.Arrays.stream(failure.getStackTrace()).limit(14).toList());
        }
    }

    void crash() {
        if (!down && !finished) {
            sim.trace("crash of " + this);
            crashing = true;
            resume();
        }
    }

    void end() {
        ending = true;
        while (!finished && failure == null) {
            sim.baton.handTo(thread);
            sim.baton.await();
        }
    }

    // ---- rule R2: what a broken world forgets with a crash

    void appended(Entry entry) {
        appended.add(entry);
    }

    void forgetAppended() {
        if (!sim.isBroken(Rule.R2)) {
            appended.clear();
        }
    }

    private void loseUndurable() {
        if (sim.isBroken(Rule.R2)) {
            appended.subList(Math.max(0, appended.size() - 2), appended.size()).forEach(entry -> entry.lost = true);
        }
        appended.clear();
    }

    String describe() {
        return worker == null ? "down" : worker.status().toString();
    }

    @Override
    public String toString() {
        return "w" + number;
    }
}
