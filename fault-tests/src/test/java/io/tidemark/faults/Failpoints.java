package io.tidemark.faults;

import io.tidemark.changelog.BaseSettings;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Places in the application where a thread stops and says so, to be killed or frozen there, or to go on when told. Woven into the
 * classes of the application under test by {@link FailpointAgent}; the product itself knows nothing of them. Lives in the child JVM.
 */
public final class Failpoints {

    private static final ThreadLocal<int[]> CHUNKS = ThreadLocal.withInitial(() -> new int[1]);
    private static final ThreadLocal<Boolean> IN_SLICE = ThreadLocal.withInitial(() -> false);
    private static final String REACHED = "failpoint reached: ";

    /** Whether bases are as large as the product has them. */
    static final boolean BASE_OF_THE_PRODUCT = Boolean.getBoolean("base.of.the.product");

    /** How often stores are written, where a test has no time for the product's 15 seconds. */
    static final @Nullable Duration FOLD_INTERVAL = Optional.ofNullable(Long.getLong("fold.millis"))
            .map(Duration::ofMillis)
            .orElse(null);

    private static volatile String armed = System.getProperty("failpoint", "");
    private static int hitsLeft = Integer.getInteger("failpoint.nth", 1);
    private static volatile CountDownLatch resume = new CountDownLatch(1);

    private Failpoints() {}

    /** The {@code nth} time a thread comes by {@code name} it stops. */
    static synchronized void arm(String name, int nth) {
        resume = new CountDownLatch(1);
        hitsLeft = nth;
        armed = name;
    }

    /** The thread that stopped goes on. */
    static void resume() {
        resume.countDown();
    }

    /** A thread comes by. */
    public static void hit(String name) {
        if (armed.equals(name)) {
            stop(name);
        }
    }

    /** So small that a round of the rolling base begins with nearly every write of the store, and after nearly every restore. */
    public static Object smallBase() {
        return new BaseSettings(32 << 10, 1 << 10, 32 << 10);
    }

    /** What the option says that {@link #optionForFoldInterval} makes. */
    public static Duration foldInterval() {
        return Objects.requireNonNull(FOLD_INTERVAL);
    }

    static String optionForBaseOfTheProduct() {
        return "-Dbase.of.the.product=true";
    }

    static String optionForFoldInterval(Duration interval) {
        return "-Dfold.millis=" + interval.toMillis();
    }

    /** A delta begins. */
    public static void deltaBegins() {
        CHUNKS.get()[0] = 0;
    }

    /** What is appended until {@link #sliceEnds} is no delta. */
    public static void sliceBegins() {
        IN_SLICE.set(true);
    }

    public static void sliceEnds() {
        IN_SLICE.set(false);
    }

    /** A chunk of a delta or a slice is about to be sent; the second one is the middle of it. */
    public static void chunk() {
        if (++CHUNKS.get()[0] == 2) {
            hit((IN_SLICE.get() ? Failpoint.HALF_SLICE : Failpoint.HALF_DELTA).name());
        }
    }

    private static void stop(String name) {
        CountDownLatch until;
        synchronized (Failpoints.class) {
            if (!armed.equals(name) || --hitsLeft > 0) {
                return;
            }
            armed = "";
            until = resume;
        }
        System.out.println(REACHED + name);
        boolean interrupted = false;
        while (true) {
            try {
                until.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    static String reached(Failpoint point) {
        return REACHED + point.name();
    }
}
