package io.tidemark.boot.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.util.StreamUtils;

/**
 * Finds settings below {@code tidemark} that nothing reads: a misspelled one would go unnoticed. What there is to read say the metadata of
 * properties on the class path, so that other modules have their own.
 */
final class UnknownProperties {

    private static final Logger log = LoggerFactory.getLogger(UnknownProperties.class);
    private static final String ROOT = "tidemark";
    private static final String PROCESSORS = ROOT + ".processors";
    private static final String DEVELOPMENT = ROOT + ".dev.";
    private static final String METADATA = "classpath*:META-INF/spring-configuration-metadata.json";
    private static final int LIKELY = 3;

    /** What Kubernetes sets in every pod beside a service of that name. */
    private static final Pattern SERVICE_LINK =
            Pattern.compile(".*_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_\\d+_(TCP|UDP|SCTP)(_.*)?)?)");

    private static final Pattern INDEX = Pattern.compile("(\\[\\d+])+$");
    private static final Pattern ENVIRONMENT_INDEX = Pattern.compile("(_\\d+)+$");

    private final ConfigurableEnvironment environment;
    private final Collection<String> known;

    private UnknownProperties(ConfigurableEnvironment environment, Collection<String> known) {
        this.environment = environment;
        this.known = known;
    }

    /**
     * @param processors ids of all processors
     */
    static UnknownProperties of(ConfigurableEnvironment environment, Collection<String> processors) {
        Collection<String> known = described();
        List<String> fields = Arrays.stream(TidemarkProperties.Processor.class.getRecordComponents())
                .map(field -> dashed(field.getName()))
                .toList();
        for (String id : processors) {
            fields.forEach(field -> known.add(PROCESSORS + "." + id + "." + field));
        }
        return new UnknownProperties(environment, known);
    }

    /** What is wrong, each with what may have been meant. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (!known.contains(ROOT + ".on-error")) {
            return problems; // our metadata were left behind when the application was packed
        }
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> names) {
                boolean variables = source instanceof SystemEnvironmentPropertySource;
                Arrays.stream(names.getPropertyNames())
                        .distinct()
                        .sorted()
                        .map(name -> variables ? ofVariable(name) : ofProperty(name))
                        .flatMap(Optional::stream)
                        .filter(problem -> !problems.contains(problem))
                        .forEach(problems::add);
            }
        }
        return problems;
    }

    private Optional<String> ofProperty(String name) {
        ConfigurationPropertyName adapted;
        try {
            adapted = ConfigurationPropertyName.adapt(name, '.');
        } catch (RuntimeException e) {
            return Optional.empty(); // no name Boot would bind
        }
        String written = adapted.toString();
        if (written.startsWith(DEVELOPMENT)) {
            return Optional.empty(); // of a module that may be there in development only
        }
        if (adapted.getNumberOfElements() < 2
                || !adapted.getElement(0, ConfigurationPropertyName.Form.UNIFORM)
                        .equals(ROOT)) {
            return Optional.empty();
        }
        String plain = uniform(INDEX.matcher(written).replaceFirst(""));
        return known.stream().anyMatch(each -> uniform(each).equals(plain))
                ? Optional.empty()
                : Optional.of(name + " is set, but nothing reads it" + meant(plain, each -> each));
    }

    private Optional<String> ofVariable(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        String prefix = ROOT.toUpperCase(Locale.ROOT) + "_";
        if (!upper.startsWith(prefix)
                || upper.startsWith(prefix + "DEV_")
                || SERVICE_LINK.matcher(upper).matches()) {
            return Optional.empty();
        }
        String plain = ENVIRONMENT_INDEX.matcher(upper).replaceFirst("");
        if (known.stream().anyMatch(each -> isVariableOf(each, upper) || isVariableOf(each, plain))) {
            return Optional.empty();
        }
        String guess = meant(uniform(plain.toLowerCase(Locale.ROOT).replace('_', '.')), UnknownProperties::variable);
        String group = prefix + upper.substring(prefix.length()).split("_", 2)[0] + "_";
        boolean ours = upper.startsWith(group)
                && known.stream()
                        .anyMatch(each -> (variable(each) + "_").startsWith(group) && each.split("\\.").length > 2);
        if (guess.isEmpty() && !ours) {
            log.warn("Environment variable {} begins like a setting of Tidemark, but nothing reads it.", name);
            return Optional.empty();
        }
        return Optional.of("environment variable " + name + " is set, but nothing reads it" + guess);
    }

    /** In either of the two forms Boot looks for. */
    private static boolean isVariableOf(String property, String variable) {
        return variable.equals(variable(property))
                || variable.equals(property.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT));
    }

    private static String variable(String property) {
        return property.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
    }

    private String meant(String plain, java.util.function.UnaryOperator<String> form) {
        String letters = plain.replace(".", "");
        return known.stream()
                .map(each -> Map.entry(each, distance(uniform(each).replace(".", ""), letters)))
                .filter(each -> each.getValue() <= LIKELY)
                .min(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(each -> "; did you mean " + form.apply(each.getKey()) + "?")
                .orElse("");
    }

    /** Number of letters to put in, leave out or change (Levenshtein 1965). */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int changed = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[other.length()];
    }

    private static String uniform(String name) {
        return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
    }

    private static String dashed(String component) {
        return component.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static Collection<String> described() {
        Collection<String> names = new TreeSet<>(Comparator.naturalOrder());
        try {
            for (Resource file : new PathMatchingResourcePatternResolver(UnknownProperties.class.getClassLoader())
                    .getResources(METADATA)) {
                names(file).filter(name -> name.startsWith(ROOT + ".")).forEach(names::add);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }

    private static Stream<String> names(Resource file) throws IOException {
        String text = StreamUtils.copyToString(file.getInputStream(), StandardCharsets.UTF_8);
        Object properties = JsonParserFactory.getJsonParser().parseMap(text).get("properties");
        return properties instanceof List<?> list
                ? list.stream()
                        .filter(Map.class::isInstance)
                        .map(each -> String.valueOf(((Map<?, ?>) each).get("name")))
                : Stream.empty();
    }
}
