package io.tidemark.state;

import org.jspecify.annotations.Nullable;

/**
 * First byte of every row in a store. The kinds that no code writes yet are reserved, so that a store written today keeps its order
 * when timers and windows arrive.
 */
public enum RowKind {
    /** The store's own rows: its position, the schemas of its states. */
    META(0x00),
    VALUE(0x10),
    LIST(0x20),
    MAP(0x30),
    TIMER(0x40),
    TIMER_BY_TIME(0x41),
    WINDOW(0x50);

    private final byte code;

    RowKind(int code) {
        this.code = (byte) code;
    }

    public byte code() {
        return code;
    }

    static @Nullable RowKind of(byte code) {
        for (RowKind kind : values()) {
            if (kind.code == code) {
                return kind;
            }
        }
        return null;
    }
}
