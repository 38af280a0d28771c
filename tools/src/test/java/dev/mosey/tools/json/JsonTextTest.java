package dev.mosey.tools.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mosey.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{\"a\":[1,-2.5e3,true,false,null,\"x\"],\"b\":{\"c\":{}}}",
        "\"\\\"\\\\\\n\\r\\t\\u0001\"",
        "\"Gr\u00fc\u00df \ud83d\ude00\""
      })
  void writesWhatItRead(String json) {
    assertThat(JsonText.parse(json)).hasToString(json);
  }

  @Test
  void readsSpacesAndEscapes() {
    assertThat(JsonText.parse(" { \"a\" : [ 1 , \"\\u00fc\\/\" ] }\n"))
        .hasToString("{\"a\":[1,\"\u00fc/\"]}");
  }

  @Property
  void anyTextComesBackAndJacksonReadsItAlike(@ForAll String text) {
    String written = JsonValue.of(text).toString();
    assertThat(JsonText.parse(written).asText()).isEqualTo(text);
    byte[] bytes = ("{\"title\":" + written + ",\"status\":1}").getBytes(StandardCharsets.UTF_8);
    String expected = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    assertThat(Json.parse(bytes, dev.mosey.protocol.api.Problem.class).title()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[1,",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":}",
        "{a:1}",
        "nul",
        "\"x",
        "\"\\x\"",
        "\"\\u12",
        "[] []",
        "1.2.3",
        "-",
        "<html>"
      })
  void refusesWhatIsNotJson(String text) {
    assertThatThrownBy(() -> JsonText.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("not valid JSON: ");
  }

  @Test
  void refusesWhatIsNestedWithoutEnd() {
    assertThatThrownBy(() -> JsonText.parse("[".repeat(100_000)))
        .hasMessageContaining("nested too deeply");
  }

  @Test
  void absentMembersAreNoMistake() {
    JsonValue value = JsonText.parse("{\"a\":1}");
    assertThat(value.text("b")).isNull();
    assertThat(value.number("b")).isNaN();
    assertThat(value.get("b").get("c").items()).isEmpty();
    assertThat(value.texts("a")).isEmpty();
  }
}
