package io.tidemark.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Free ports of the loopback interface, each handed out once. They lie below those that operating systems give to outgoing connections
 * (from 32768 on Linux, 49152 elsewhere): else a client may be given the port of a broker that is starting, or is dead for a moment.
 */
final class Ports {

    private static final int FIRST = 15_000;
    private static final int END = 32_000;
    private static final AtomicInteger NEXT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(FIRST, END));

    private Ports() {}

    static int free() {
        for (int tried = 0; tried < END - FIRST; tried++) {
            int port = NEXT.getAndUpdate(last -> last + 1 < END ? last + 1 : FIRST);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("No port is free between " + FIRST + " and " + END);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
