package io.tidemark.dev;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The last part of docs/properties.md: what only this module knows. */
class DevelopmentPropertiesTest {

    private static final String TITLE = "## For development";

    @Test
    void shouldBeOnThePageOfProperties() throws IOException {
        TreeMap<String, String> rows = new TreeMap<>();
        List<Map<String, Object>> metadata = JsonPath.parse(
                        Path.of("target", "classes", "META-INF", "spring-configuration-metadata.json")
                                .toFile())
                .read("$.properties[*]");
        for (Map<String, Object> property : metadata) {
            String name = property.get("name").toString();
            assertThat(property).as(name).containsKeys("description", "defaultValue");
            rows.put(
                    name,
                    "| `" + name + "` | `" + property.get("defaultValue") + "` | " + property.get("description")
                            + " |\n");
        }
        assertThat(rows).isNotEmpty();
        String part = TITLE + "\n\nWith `tidemark-spring-boot-embedded-kafka`.\n\n"
                + "| property | default | what it does |\n|---|---|---|\n" + String.join("", rows.values());
        Files.writeString(Path.of("target", "properties-development.md"), part);

        String page = Files.readString(Path.of("..", "docs", "properties.md")).replace("\r\n", "\n");

        assertThat(page).contains(TITLE);
        assertThat(page.substring(page.indexOf(TITLE)))
                .as("docs/properties.md is stale: copy embedded-kafka/target/properties-development.md over its end")
                .isEqualTo(part);
    }
}
