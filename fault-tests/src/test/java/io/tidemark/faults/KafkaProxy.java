package io.tidemark.faults;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Between clients and the broker, and able to tell one kind of request from another: a frame is its length, then in a request the API
 * key, its version and a correlation id, which is all a response begins with. What it does to a frame is decided by {@link Rule}s.
 */
final class KafkaProxy implements AutoCloseable {

    static final short PRODUCE = 0;
    static final short OFFSET_FETCH = 9;
    static final short FIND_COORDINATOR = 10;
    static final short INIT_PRODUCER_ID = 22;
    static final short JOIN_GROUP = 11;
    static final short HEARTBEAT = 12;
    static final short SYNC_GROUP = 14;
    static final short END_TXN = 26;
    static final short TXN_OFFSET_COMMIT = 28;

    /**
     * Where the error code is in answers to requests of the transaction and of the group, in the versions of today's clients: behind the
     * correlation id, the header's tags (none) and the throttle time.
     */
    private static final int ERROR_CODE = 4 + 1 + 4;

    /** What happens to the frames of one API key. */
    enum Deed {
        /** The request arrives, its answer never does: the connection falls silent and is cut. */
        DROP_ANSWER,
        /** The request arrives; its answer waits until released. */
        HOLD_ANSWER,
        /** The request itself waits until released, even when the client has long gone. */
        HOLD_REQUEST,
        /** The connection is cut before the request gets anywhere. */
        REFUSE,
        /** The request arrives twice, and is answered once. */
        REPEAT,
        /** The request arrives; its answer says that it failed. */
        FAIL
    }

    /** A fault that waits for its frames; closing it ends it and lets go what it holds. */
    static final class Rule implements AutoCloseable {

        private final short apiKey;
        private final Deed deed;
        private final AtomicInteger left;
        private final short error;
        private final List<Short> late = new CopyOnWriteArrayList<>();
        private final CountDownLatch struck = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        private Rule(short apiKey, Deed deed, int times, short error) {
            this.error = error;
            this.apiKey = apiKey;
            this.deed = deed;
            this.left = new AtomicInteger(times);
        }

        private boolean strikes(short key, boolean request) {
            boolean onRequest = deed == Deed.HOLD_REQUEST || deed == Deed.REFUSE || deed == Deed.REPEAT;
            if (key != apiKey || onRequest != request || released.getCount() == 0) {
                return false;
            }
            if (left.getAndDecrement() <= 0) {
                return false;
            }
            struck.countDown();
            return true;
        }

        /** Waits until the fault has happened once. */
        void awaitStruck() {
            await(struck, 60);
        }

        /** What the broker answered to requests that were held back: error codes, as far as it came to that. */
        List<Short> late() {
            return late;
        }

        private void awaitReleased() {
            await(released, 600);
        }

        private static void await(CountDownLatch latch, long seconds) {
            try {
                if (!latch.await(seconds, TimeUnit.SECONDS)) {
                    throw new AssertionError("The proxy did not see it");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            released.countDown();
        }
    }

    private final int brokerPort;
    private final ServerSocket server;
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    KafkaProxy(int brokerPort) {
        this.brokerPort = brokerPort;
        try {
            this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread("proxy", this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** The next {@code times} frames of an API key meet this. */
    Rule rule(short apiKey, Deed deed, int times) {
        return rule(apiKey, deed, times, (short) 0);
    }

    /** @param error what answers say with {@link Deed#FAIL} */
    Rule rule(short apiKey, Deed deed, int times, short error) {
        Rule rule = new Rule(apiKey, deed, times, error);
        rules.add(rule);
        return rule;
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = server.accept();
                Socket broker = new Socket();
                sockets.add(client);
                sockets.add(broker);
                try {
                    broker.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), brokerPort), 1_000);
                } catch (IOException e) {
                    cut(client, broker);
                    continue;
                }
                client.setTcpNoDelay(true);
                broker.setTcpNoDelay(true);
                Open open =
                        new Open(new ConcurrentHashMap<>(), new ConcurrentHashMap<>(), ConcurrentHashMap.newKeySet());
                thread("proxy-requests", () -> requests(client, broker, open));
                thread("proxy-answers", () -> answers(broker, client, open));
            } catch (IOException e) {
                // closed
            }
        }
    }

    /**
     * Requests of one connection, by correlation id.
     *
     * @param asked API keys of those that were not answered yet
     * @param late what held back those that were
     * @param repeated those that were sent twice and answered once so far
     */
    private record Open(Map<Integer, Short> asked, Map<Integer, Rule> late, Set<Integer> repeated) {}

    private void requests(Socket client, Socket broker, Open open) {
        boolean late = false;
        try {
            DataInputStream in = new DataInputStream(client.getInputStream());
            DataOutputStream out = new DataOutputStream(broker.getOutputStream());
            while (true) {
                byte[] frame = frame(in);
                ByteBuffer header = ByteBuffer.wrap(frame);
                short key = header.getShort();
                int id = header.getInt(4);
                open.asked().put(id, key);
                Rule rule = struck(key, true);
                if (rule != null && rule.deed == Deed.REFUSE) {
                    return;
                }
                if (rule != null && rule.deed == Deed.REPEAT) {
                    open.repeated().add(id);
                    out.writeInt(frame.length);
                    out.write(frame);
                } else if (rule != null) {
                    rule.awaitReleased();
                    open.late().put(id, rule);
                    late = true;
                }
                out.writeInt(frame.length);
                out.write(frame);
                out.flush();
            }
        } catch (IOException e) {
            // One side is gone; what was held has been delivered all the same.
        } finally {
            if (late) {
                linger();
            }
            cut(client, broker);
        }
    }

    /** Lets the broker read what came late before the connection is reset under it. */
    private static void linger() {
        try {
            TimeUnit.MILLISECONDS.sleep(300);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answers(Socket broker, Socket client, Open open) {
        try {
            DataInputStream in = new DataInputStream(broker.getInputStream());
            DataOutputStream out = new DataOutputStream(client.getOutputStream());
            while (true) {
                byte[] frame = frame(in);
                ByteBuffer answer = ByteBuffer.wrap(frame);
                int id = answer.getInt();
                if (open.repeated().remove(id)) {
                    continue; // the answer to its repetition is the one that counts
                }
                Short key = open.asked().remove(id);
                Rule held = open.late().remove(id);
                if (held != null) {
                    held.late.add(answer.getShort(ERROR_CODE));
                }
                Rule rule = key == null ? null : struck(key, false);
                if (rule != null && rule.deed == Deed.DROP_ANSWER) {
                    return;
                }
                if (rule != null && rule.deed == Deed.FAIL) {
                    answer.putShort(ERROR_CODE, rule.error);
                } else if (rule != null) {
                    rule.awaitReleased();
                }
                out.writeInt(frame.length);
                out.write(frame);
                out.flush();
            }
        } catch (IOException e) {
            // One side is gone.
        } finally {
            cut(broker, client);
        }
    }

    private Rule struck(short key, boolean request) {
        for (Rule rule : rules) {
            if (rule.strikes(key, request)) {
                return rule;
            }
        }
        return null;
    }

    private static byte[] frame(DataInputStream in) throws IOException {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        return frame;
    }

    private void cut(Socket one, Socket other) {
        for (Socket socket : List.of(one, other)) {
            sockets.remove(socket);
            try {
                socket.close();
            } catch (IOException ignored) {
                // It is gone already.
            }
        }
    }

    private static void thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        closed = true;
        rules.forEach(Rule::close);
        try {
            server.close();
        } catch (IOException ignored) {
            // It is gone already.
        }
        for (Socket socket : sockets) {
            cut(socket, socket);
        }
    }
}
