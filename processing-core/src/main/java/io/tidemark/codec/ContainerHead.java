package io.tidemark.codec;

/**
 * What stands before the content of a container: {@code count * 16 + order * 2 + nulls (1)}, an unsigned varint; bits of what is null
 * follow where there is any, for a map those of its keys and then those of its values.
 *
 * @param count how many elements or entries
 * @param order how they are ordered; one of the codes below
 * @param nulls whether any is null
 */
record ContainerHead(int count, int order, boolean nulls) {

    /** A list: by index. */
    static final int LIST = 0;
    /** A set or map as it was filled, or in no order. */
    static final int FILLED = 1;
    /** A set or map in the natural order of its elements or keys. */
    static final int SORTED = 2;
    /** A double-ended queue. */
    static final int DEQUE = 3;
    /** A priority queue of natural order. */
    static final int PRIORITY = 4;

    private static final int ORDERS = 8;

    static void write(ValueOutput out, int count, int order, boolean nulls) {
        out.writeUnsigned(((long) count * ORDERS + order) * 2 + (nulls ? 1 : 0));
    }

    static ContainerHead read(ValueInput in) {
        long head = in.readUnsigned();
        int order = (int) (head >>> 1) & (ORDERS - 1);
        boolean nulls = (head & 1) != 0;
        long count = head >>> 4;
        // what is null takes a bit, everything else a byte at least
        int bounded = nulls ? (int) Math.min(count, Integer.MAX_VALUE) : in.count(count, 1);
        if (nulls && count > (long) in.left() * Byte.SIZE) {
            throw new IllegalArgumentException(count + " elements where " + in.left() + " bytes are left");
        }
        in.claim(bounded);
        return new ContainerHead(bounded, order, nulls);
    }
}
