package io.tidemark.codec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Constants of an enum by their place; the shape has their names, which may be added to and reordered. */
final class EnumForm extends Form {

    private final Object[] constants;
    private final Map<String, Object> byName = new HashMap<>();
    private final Map<String, Object> byFormerName = new HashMap<>();
    private final Shape.Constants shape;

    EnumForm(Class<?> type) {
        this.constants = type.getEnumConstants();
        List<String> names = new ArrayList<>();
        for (Object constant : constants) {
            String name = ((Enum<?>) constant).name();
            names.add(name);
            byName.put(name, constant);
            for (String former : EnumCodec.formerNames((Enum<?>) constant)) {
                byFormerName.put(former, constant);
            }
        }
        this.shape = new Shape.Constants(names);
    }

    @Override
    Shape shape() {
        return shape;
    }

    @Override
    @SuppressWarnings("EnumOrdinal") // the names of all stand in the schema, in this order
    void write(Object value, ValueOutput out) {
        out.writeUnsigned(((Enum<?>) value).ordinal());
    }

    @Override
    public Object read(ValueInput in) {
        return in(constants, in);
    }

    @Override
    Reading readingOf(Shape stored, Fit fit) {
        if (!(stored instanceof Shape.Constants other)) {
            return fit.misfit(stored, shape);
        }
        List<String> names = other.names();
        Object[] meant = new Object[names.size()];
        List<String> gone = new ArrayList<>();
        for (int i = 0; i < meant.length; i++) {
            Object constant = byName.getOrDefault(names.get(i), byFormerName.get(names.get(i)));
            if (constant == null) {
                gone.add(names.get(i));
            } else {
                meant[i] = constant;
            }
        }
        if (!gone.isEmpty()) {
            return fit.misfit("constants " + gone + " may be stored and are not declared; if one was renamed, write"
                    + " @StateAlias(\"" + gone.get(0) + "\") on the constant that stands for it");
        }
        Set<Object> different = new HashSet<>(Arrays.asList(meant));
        if (fit.isInKey() && different.size() < meant.length) {
            return fit.misfit("two stored constants became one, so keys that differed would be equal");
        }
        return in -> in(meant, in);
    }

    private static Object in(Object[] constants, ValueInput in) {
        int place = in.readSmall();
        if (place < 0 || place >= constants.length) {
            throw new IllegalArgumentException("Constant " + place + " of " + constants.length);
        }
        return constants[place];
    }

    @Override
    List<Object> samples(int depth) {
        return List.of(constants);
    }

    Object parse(String text) {
        Object constant = byName.getOrDefault(text, byFormerName.get(text));
        if (constant == null) {
            throw new IllegalArgumentException("no constant of that name");
        }
        return constant;
    }

    @Override
    int guess() {
        return 2;
    }

    @Override
    boolean isSimple() {
        return true;
    }
}
