package io.tidemark.runtime.simulation;

import java.util.concurrent.locks.LockSupport;

/** Passed from thread to thread so that exactly one of them runs. */
final class Baton {

    private static final int SPINS = 500;

    private volatile Thread holder;

    Baton(Thread first) {
        holder = first;
    }

    void handTo(Thread next) {
        holder = next;
        LockSupport.unpark(next);
    }

    void await() {
        Thread me = Thread.currentThread();
        for (int i = 0; i < SPINS; i++) {
            if (holder == me) {
                return;
            }
            Thread.onSpinWait();
        }
        while (holder != me) {
            LockSupport.park(this);
        }
    }
}
