package io.tidemark.codec;

import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecordBase;

/** As Avro generates them, shortened. */
public final class AvroOrder extends SpecificRecordBase {

    private static final long serialVersionUID = 1;

    public static final Schema SCHEMA$ = AvroStateCodecTest.schema(
            "AvroOrder",
            "{\"name\":\"id\",\"type\":{\"type\":\"string\",\"avro.java.string\":\"String\"}}",
            "{\"name\":\"cents\",\"type\":\"long\"}",
            "{\"name\":\"note\",\"type\":[\"null\",{\"type\":\"string\",\"avro.java.string\":\"String\"}],\"default\":null}",
            "{\"name\":\"lines\",\"type\":{\"type\":\"array\",\"items\":\"int\"},\"default\":[]}");

    private String id = "";
    private long cents;
    private String note;
    private List<Integer> lines = List.of();

    public AvroOrder() {}

    AvroOrder(String id, long cents, String note, List<Integer> lines) {
        this.id = id;
        this.cents = cents;
        this.note = note;
        this.lines = lines;
    }

    @Override
    public Schema getSchema() {
        return SCHEMA$;
    }

    @Override
    public Object get(int field) {
        return switch (field) {
            case 0 -> id;
            case 1 -> cents;
            case 2 -> note;
            default -> lines;
        };
    }

    @Override
    @SuppressWarnings("unchecked")
    public void put(int field, Object value) {
        switch (field) {
            case 0 -> id = (String) value;
            case 1 -> cents = (long) value;
            case 2 -> note = (String) value;
            default -> lines = (List<Integer>) value;
        }
    }
}
