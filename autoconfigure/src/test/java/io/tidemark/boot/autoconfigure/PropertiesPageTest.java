package io.tidemark.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The table of properties is printed from the generated metadata; it fails when the page is stale. */
class PropertiesPageTest {

    @Test
    void shouldMatchTheMetadata() throws IOException {
        Path page = Path.of("..", "docs", "properties.md");
        String fresh = page();
        Files.writeString(Path.of("target", "properties.md"), fresh);

        assertThat(page).exists();
        assertThat(Files.readString(page).replace("\r\n", "\n").split("\n## For development")[0])
                .as(
                        "docs/properties.md is stale: copy autoconfigure/target/properties.md over its part before \"For development\"")
                .isEqualTo(fresh);
    }

    @Test
    void shouldDescribeEveryProperty() {
        assertThat(properties())
                .isNotEmpty()
                .allSatisfy((name, property) -> assertThat(
                                property.path("description").asString(""))
                        .as(name)
                        .isNotBlank());
    }

    private static String page() {
        StringBuilder page = new StringBuilder("# Properties\n\n");
        page.append(
                "Printed from the configuration metadata by a test. Do not edit. Settings of a single processor go under\n");
        page.append("`tidemark.processors.<id>`: ")
                .append(Arrays.stream(TidemarkProperties.Processor.class.getRecordComponents())
                        .map(component -> "`" + DataObjectPropertyName.toDashedForm(component.getName()) + "`")
                        .collect(Collectors.joining(", ")))
                .append(".\n\n");
        page.append("| property | default | what it does |\n|---|---|---|\n");
        properties()
                .forEach((name, property) -> page.append("| `" + name + "` | " + defaultOf(property) + " | "
                        + property.path("description").asString("") + " |\n"));
        return page.toString();
    }

    private static String defaultOf(JsonNode property) {
        JsonNode value = property.path("defaultValue");
        return value.isMissingNode() ? "" : "`" + value.asString() + "`";
    }

    private static Map<String, JsonNode> properties() {
        JsonNode metadata = JsonMapper.shared()
                .readTree(Path.of("target", "classes", "META-INF", "spring-configuration-metadata.json")
                        .toFile());
        Map<String, JsonNode> properties = new TreeMap<>();
        metadata.path("properties")
                .forEach(property -> properties.put(property.path("name").asString(), property));
        return properties;
    }
}
