package io.tidemark.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One instance of {@link LedgerApplication} in a process of its own. */
final class AppProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ChildJvm jvm;

    private AppProcess(ChildJvm jvm) {
        this.jvm = jvm;
    }

    /**
     * @param before class path entries that come before the product's own
     * @param options of the JVM, failpoints among them
     */
    static AppProcess start(
            String name, Class<?> main, List<Path> before, List<String> options, List<String> arguments, Path log) {
        List<String> all = new ArrayList<>(List.of("-Xmx256m", "-javaagent:" + Programs.jar()));
        all.addAll(Programs.archiveOption());
        all.addAll(options);
        return new AppProcess(ChildJvm.start(name, before, all, main.getName(), arguments, log));
    }

    ChildJvm jvm() {
        return jvm;
    }

    /** The option that arms a failpoint from the first moment on. */
    static List<String> armedWith(Failpoint point, int nth) {
        return List.of("-Dfailpoint=" + point.name(), "-Dfailpoint.nth=" + nth);
    }

    void order(String order) {
        int mark = jvm.mark();
        jvm.tell(order);
        jvm.awaitLine(mark, LedgerApplication.done(order.split(" ")[0]), PATIENCE);
    }

    /** Lets the next thread that comes by a failpoint stop there, and waits until one has. */
    void stopAt(Failpoint point) {
        int mark = jvm.mark();
        order("arm " + point.name() + " 1");
        jvm.awaitLine(mark, Failpoints.reached(point), PATIENCE);
    }

    void awaitStopAt(Failpoint point) {
        jvm.awaitLine(0, Failpoints.reached(point), PATIENCE);
    }

    /** What stopped at a failpoint goes on. */
    void resume() {
        order("resume");
    }

    void kill() {
        jvm.kill();
    }

    /** SIGTERM and the end that follows. */
    void stop() {
        jvm.terminate();
        jvm.awaitEnd(PATIENCE);
    }

    @Override
    public void close() {
        jvm.close();
    }
}
