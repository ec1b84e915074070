package io.tidemark.codec;

/**
 * Bytes that compare, unsigned, like the values, and of which none begins another's: so several can stand one behind the other and still
 * sort, the first before the second.
 *
 * @param <T> the values' type
 */
interface OrderedForm<T> {

    /** Its name in schemas. */
    String word();

    void write(T value, ValueOutput out);

    T read(ValueInput in);

    java.util.List<T> samples();
}
