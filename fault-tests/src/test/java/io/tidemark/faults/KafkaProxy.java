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
    static final short INIT_PRODUCER_ID = 22;
    static final short END_TXN = 26;
    static final short TXN_OFFSET_COMMIT = 28;

    /** What happens to the frames of one API key. */
    enum Deed {
        /** The request arrives, its answer never does: the connection falls silent and is cut. */
        DROP_ANSWER,
        /** The request arrives; its answer waits until released. */
        HOLD_ANSWER,
        /** The request itself waits until released, even when the client has long gone. */
        HOLD_REQUEST,
        /** The connection is cut before the request gets anywhere. */
        REFUSE
    }

    /** A fault that waits for its frames; closing it ends it and lets go what it holds. */
    static final class Rule implements AutoCloseable {

        private final short apiKey;
        private final Deed deed;
        private final AtomicInteger left;
        private final CountDownLatch struck = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        private Rule(short apiKey, Deed deed, int times) {
            this.apiKey = apiKey;
            this.deed = deed;
            this.left = new AtomicInteger(times);
        }

        private boolean strikes(short key, boolean request) {
            boolean onRequest = deed == Deed.HOLD_REQUEST || deed == Deed.REFUSE;
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
        Rule rule = new Rule(apiKey, deed, times);
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
                Map<Integer, Short> asked = new ConcurrentHashMap<>();
                thread("proxy-requests", () -> requests(client, broker, asked));
                thread("proxy-answers", () -> answers(broker, client, asked));
            } catch (IOException e) {
                // closed
            }
        }
    }

    private void requests(Socket client, Socket broker, Map<Integer, Short> asked) {
        boolean late = false;
        try {
            DataInputStream in = new DataInputStream(client.getInputStream());
            DataOutputStream out = new DataOutputStream(broker.getOutputStream());
            while (true) {
                byte[] frame = frame(in);
                ByteBuffer header = ByteBuffer.wrap(frame);
                short key = header.getShort();
                asked.put(header.getInt(4), key);
                Rule rule = struck(key, true);
                if (rule != null && rule.deed == Deed.REFUSE) {
                    return;
                }
                if (rule != null) {
                    rule.awaitReleased();
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

    private void answers(Socket broker, Socket client, Map<Integer, Short> asked) {
        try {
            DataInputStream in = new DataInputStream(broker.getInputStream());
            DataOutputStream out = new DataOutputStream(client.getOutputStream());
            while (true) {
                byte[] frame = frame(in);
                Short key = asked.remove(ByteBuffer.wrap(frame).getInt());
                Rule rule = key == null ? null : struck(key, false);
                if (rule != null && rule.deed == Deed.DROP_ANSWER) {
                    return;
                }
                if (rule != null) {
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
