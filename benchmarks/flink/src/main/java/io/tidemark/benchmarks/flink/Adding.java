package io.tidemark.benchmarks.flink;

import static org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;

import io.tidemark.benchmarks.workload.OrderCodec;
import io.tidemark.benchmarks.workload.Total;
import io.tidemark.benchmarks.workload.TotalCodec;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** The aggregate; the state is kept as the bytes of the total, which no serializer of Flink's can beat. */
final class Adding extends KeyedProcessFunction<String, Tuple2<String, byte[]>, Tuple2<String, byte[]>> {

    private static final long serialVersionUID = 1L;

    private transient OrderCodec orders;
    private transient TotalCodec totals;
    private transient ValueState<byte[]> state;

    @Override
    public void open(OpenContext context) {
        orders = new OrderCodec();
        totals = new TotalCodec();
        state = getRuntimeContext().getState(new ValueStateDescriptor<>("total", BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    }

    @Override
    public void processElement(Tuple2<String, byte[]> order, Context context, Collector<Tuple2<String, byte[]>> out)
            throws Exception {
        Total now = Total.after(totals.deserialize("", state.value()), orders.deserialize("", order.f1));
        byte[] bytes = totals.serialize("", now);
        state.update(bytes);
        out.collect(Tuple2.of(order.f0, bytes));
    }
}
