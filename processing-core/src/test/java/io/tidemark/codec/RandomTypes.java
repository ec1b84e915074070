package io.tidemark.codec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Makes up record types, and versions of them that are changed somewhere. */
final class RandomTypes {

    private static final List<String> SCALARS = List.of(
            "int",
            "long",
            "short",
            "byte",
            "double",
            "float",
            "boolean",
            "char",
            "Integer",
            "Long",
            "Double",
            "String",
            "java.math.BigDecimal",
            "java.math.BigInteger",
            "java.util.UUID",
            "java.time.Instant",
            "java.time.LocalDate",
            "java.time.ZonedDateTime",
            "byte[]",
            "long[]");

    private static final Map<String, List<String>> WIDER = Map.of(
            "byte", List.of("short", "int", "long"),
            "short", List.of("int", "double"),
            "int", List.of("long", "Integer", "Long", "double"),
            "Integer", List.of("Long", "java.math.BigDecimal"),
            "long", List.of("Long", "java.math.BigInteger"),
            "float", List.of("double"));

    private final Random random;
    private final List<Type> declared = new ArrayList<>();

    RandomTypes(Random random) {
        this.random = random;
    }

    /** A type; a change makes a copy. */
    private sealed interface Type {}

    private record Scalar(String name) implements Type {}

    private record Constants(String name, List<Constant> constants) implements Type {}

    private record Constant(String name, String alias) {}

    private record Rec(String name, List<Part> parts) implements Type {}

    private record Part(String name, Type type, String annotation) {}

    private record Sealed(String name, List<Rec> alternatives) implements Type {}

    private record Generic(String name, List<Type> arguments) implements Type {}

    /**
     * @param isSafe whether it must be readable
     * @param renames names that became others
     */
    record Change(Object before, Object after, String what, boolean isSafe, Map<String, String> renames) {}

    private int names;

    Change change() {
        Rec root = new Rec("Root", parts(2 + random.nextInt(4), 3));
        List<Rec> places = new ArrayList<>();
        collect(root, false, places);
        Rec place = places.get(random.nextInt(places.size()));
        List<Part> parts = new ArrayList<>(place.parts());
        int at = random.nextInt(parts.size());
        Part part = parts.get(at);
        Map<String, String> renames = new HashMap<>();
        String what;
        boolean safe = false;
        switch (random.nextInt(9)) {
            case 0 -> {
                parts.add(new Part(name(), type(1), ""));
                what = "added";
                safe = true;
            }
            case 1 -> {
                parts.remove(at);
                what = "removed " + part.name();
                safe = true;
            }
            case 2 -> {
                String renamed = name();
                parts.set(at, new Part(renamed, part.type(), "@io.tidemark.api.StateAlias(\"" + part.name() + "\") "));
                renames.put(part.name(), renamed);
                what = "renamed " + part.name() + " with an alias";
                safe = true;
            }
            case 3 -> {
                parts.set(at, new Part(name(), part.type(), ""));
                what = "renamed " + part.name() + " without a word";
            }
            case 4 -> {
                boolean number = part.type() instanceof Scalar scalar && WIDER.containsKey(scalar.name());
                List<String> wider = number ? WIDER.get(((Scalar) part.type()).name()) : SCALARS;
                parts.set(at, new Part(part.name(), new Scalar(wider.get(random.nextInt(wider.size()))), ""));
                what = (number ? "widened " : "replaced ") + part.name();
                safe = number;
            }
            case 5 -> {
                parts.set(
                        at, new Part(part.name(), new Generic("java.util.Optional", List.of(boxed(part.type()))), ""));
                what = "wrapped " + part.name();
            }
            case 6 -> {
                parts.set(at, new Part(part.name(), changed(part.type(), renames), part.annotation()));
                what = "changed inside " + part.name();
            }
            case 7 -> {
                parts.set(at, new Part(part.name(), new Scalar(SCALARS.get(random.nextInt(SCALARS.size()))), ""));
                what = "replaced " + part.name();
            }
            default -> {
                parts.set(at, new Part(part.name(), type(1), ""));
                what = "replaced by any " + part.name();
            }
        }
        boolean inKey = isInKey(root, place, false);
        Rec after = (Rec) replaced(root, place, new Rec(place.name(), parts));
        return new Change(root, after, what + " in " + place.name(), safe && !inKey, renames);
    }

    private Type changed(Type type, Map<String, String> renames) {
        if (type instanceof Constants constants) {
            List<Constant> more = new ArrayList<>(constants.constants());
            switch (random.nextInt(3)) {
                case 0 -> more.add(random.nextInt(more.size() + 1), new Constant("N" + names++, ""));
                case 1 -> more.remove(random.nextInt(more.size()));
                default -> {
                    int at = random.nextInt(more.size());
                    String renamed = "R" + names++;
                    renames.put(more.get(at).name(), renamed);
                    more.set(at, new Constant(renamed, more.get(at).name()));
                }
            }
            return more.isEmpty() ? constants : new Constants(constants.name(), more);
        }
        if (type instanceof Sealed sealed) {
            List<Rec> more = new ArrayList<>(sealed.alternatives());
            if (random.nextBoolean() || more.size() == 1) {
                more.add(new Rec("A" + names++, parts(1, 0)));
            } else {
                more.remove(random.nextInt(more.size()));
            }
            return new Sealed(sealed.name(), more);
        }
        if (type instanceof Generic generic) {
            List<Type> arguments = new ArrayList<>(generic.arguments());
            int at = random.nextInt(arguments.size());
            arguments.set(at, changed(arguments.get(at), renames));
            return new Generic(generic.name(), arguments);
        }
        return type;
    }

    private List<Part> parts(int count, int depth) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            parts.add(new Part(name(), type(depth), ""));
        }
        return parts;
    }

    private String name() {
        return "f" + names++;
    }

    private Type type(int depth) {
        int kind = random.nextInt(depth <= 0 ? 4 : 10);
        return switch (kind) {
            case 3 -> new Constants("E" + names++, constants());
            case 4 -> new Rec("R" + names++, parts(1 + random.nextInt(3), depth - 1));
            case 5 -> {
                List<Rec> alternatives = new ArrayList<>();
                for (int i = 0; i < 1 + random.nextInt(3); i++) {
                    alternatives.add(new Rec("A" + names++, parts(random.nextInt(3), depth - 1)));
                }
                yield new Sealed("S" + names++, alternatives);
            }
            case 6 -> new Generic("java.util.List", List.of(boxed(type(depth - 1))));
            case 7 -> new Generic("java.util.Set", List.of(key(depth - 1)));
            case 8 -> new Generic("java.util.Map", List.of(key(depth - 1), boxed(type(depth - 1))));
            case 9 -> new Generic("java.util.Optional", List.of(boxed(type(depth - 1))));
            default -> new Scalar(SCALARS.get(random.nextInt(SCALARS.size())));
        };
    }

    /** Arrays are equal to themselves only, so nobody can compare sets of them. */
    private Type key(int depth) {
        Type type = boxed(type(Math.min(depth, 1)));
        return type instanceof Scalar scalar && scalar.name().endsWith("[]") ? new Scalar("String") : type;
    }

    private List<Constant> constants() {
        List<Constant> constants = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
            constants.add(new Constant("C" + names++, ""));
        }
        return constants;
    }

    private static Type boxed(Type type) {
        return type instanceof Scalar scalar
                ? new Scalar(
                        switch (scalar.name()) {
                            case "int" -> "Integer";
                            case "long" -> "Long";
                            case "short" -> "Short";
                            case "byte" -> "Byte";
                            case "double" -> "Double";
                            case "float" -> "Float";
                            case "boolean" -> "Boolean";
                            case "char" -> "Character";
                            default -> scalar.name();
                        })
                : type;
    }

    private static void collect(Type type, boolean empty, List<Rec> found) {
        if (type instanceof Rec rec) {
            if (!rec.parts().isEmpty()) {
                found.add(rec);
            }
            rec.parts().forEach(part -> collect(part.type(), empty, found));
        } else if (type instanceof Sealed sealed) {
            sealed.alternatives().forEach(each -> collect(each, empty, found));
        } else if (type instanceof Generic generic) {
            generic.arguments().forEach(each -> collect(each, empty, found));
        }
    }

    private static boolean isInKey(Type type, Rec place, boolean inKey) {
        if (type == place) {
            return inKey;
        }
        if (type instanceof Rec rec) {
            return rec.parts().stream().anyMatch(part -> isInKey(part.type(), place, inKey));
        }
        if (type instanceof Sealed sealed) {
            return sealed.alternatives().stream().anyMatch(each -> isInKey(each, place, inKey));
        }
        if (type instanceof Generic generic) {
            for (int i = 0; i < generic.arguments().size(); i++) {
                boolean key = inKey
                        || (i == 0
                                && (generic.name().endsWith("Set")
                                        || generic.name().endsWith("Map")));
                if (isInKey(generic.arguments().get(i), place, key)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Type replaced(Type type, Rec place, Rec by) {
        if (type == place) {
            return by;
        }
        if (type instanceof Rec rec) {
            return new Rec(
                    rec.name(),
                    rec.parts().stream()
                            .map(part -> new Part(part.name(), replaced(part.type(), place, by), part.annotation()))
                            .toList());
        }
        if (type instanceof Sealed sealed) {
            return new Sealed(
                    sealed.name(),
                    sealed.alternatives().stream()
                            .map(each -> (Rec) replaced(each, place, by))
                            .toList());
        }
        return type instanceof Generic generic
                ? new Generic(
                        generic.name(),
                        generic.arguments().stream()
                                .map(each -> replaced(each, place, by))
                                .toList())
                : type;
    }

    // ---- Java

    String source(String packageName, Object root) {
        declared.clear();
        StringBuilder body = new StringBuilder();
        Rec rec = (Rec) root;
        StringBuilder nested = new StringBuilder();
        String components = components(rec);
        for (int i = 0; i < declared.size(); i++) {
            nested.append(declaration(declared.get(i)));
        }
        body.append("package ")
                .append(packageName)
                .append(";\npublic record Root(")
                .append(components)
                .append(") {\n")
                .append(nested)
                .append("}\n");
        return body.toString();
    }

    private String declaration(Type type) {
        if (type instanceof Constants constants) {
            List<String> names = constants.constants().stream()
                    .map(each ->
                            (each.alias().isEmpty() ? "" : "@io.tidemark.api.StateAlias(\"" + each.alias() + "\") ")
                                    + each.name())
                    .toList();
            return "  public enum " + constants.name() + " { " + String.join(", ", names) + " }\n";
        }
        if (type instanceof Rec rec) {
            return "  public record " + rec.name() + "(" + components(rec) + ") {}\n";
        }
        Sealed sealed = (Sealed) type;
        StringBuilder text = new StringBuilder("  public sealed interface " + sealed.name() + " {}\n");
        for (Rec each : sealed.alternatives()) {
            text.append("  public record " + each.name() + "(" + components(each) + ") implements " + sealed.name()
                    + " {}\n");
        }
        return text.toString();
    }

    private String components(Rec rec) {
        return String.join(
                ", ",
                rec.parts().stream()
                        .map(part -> part.annotation() + reference(part.type()) + " " + part.name())
                        .toList());
    }

    private String reference(Type type) {
        if (type instanceof Scalar scalar) {
            return scalar.name();
        }
        if (type instanceof Generic generic) {
            return generic.name() + "<"
                    + String.join(
                            ", ",
                            generic.arguments().stream().map(this::reference).toList()) + ">";
        }
        if (!declared.contains(type)) {
            declared.add(type);
        }
        return type instanceof Constants constants
                ? constants.name()
                : type instanceof Rec rec ? rec.name() : ((Sealed) type).name();
    }
}
