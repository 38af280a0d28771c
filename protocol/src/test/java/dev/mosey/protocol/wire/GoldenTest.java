package dev.mosey.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.api.LinkView;
import dev.mosey.protocol.api.MigrateResult;
import dev.mosey.protocol.api.MoveView;
import dev.mosey.protocol.api.NodeView;
import dev.mosey.protocol.api.Problem;
import dev.mosey.protocol.api.SubmitRequest;
import dev.mosey.protocol.api.SumView;
import dev.mosey.protocol.api.TuneView;
import dev.mosey.protocol.api.WhyView;
import dev.mosey.protocol.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The golden files are what the first release says between nodes and over HTTP. They are never
 * written again: whoever changes a form gives it a new version and reads the old one too. A new
 * form gets its file with {@code -Dmosey.golden.write=true} while it is absent.
 */
class GoldenTest {
  private static final ObjectMapper CBOR = Json.mapper(new CBORFactory());

  /** One form. */
  record Form(String name, Class<?> type, Object value) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Form> forms() {
    List<Form> forms = new ArrayList<>();
    for (WireMessage message : Samples.all(WireMessage.class)) {
      String name = "wire/" + WireMessage.nameOf(message).replace('/', '-');
      forms.add(new Form(name, WireMessage.class, message));
    }
    for (Class<?> view :
        List.of(
            JobView.class,
            NodeView.class,
            MoveView.class,
            TuneView.class,
            WhyView.class,
            LinkView.class,
            SumView.class,
            MigrateResult.class,
            Problem.class,
            SubmitRequest.class)) {
      forms.add(new Form("api/" + view.getSimpleName(), view, Samples.of(view)));
    }
    return forms.stream();
  }

  @ParameterizedTest
  @MethodSource("forms")
  void isWhatTheFirstReleaseWrote(Form form) throws IOException {
    JsonNode golden = golden(form);

    assertThat(Json.MAPPER.readTree(Json.bytes(form.value()))).isEqualTo(golden);
    assertThat(Json.MAPPER.valueToTree(Json.MAPPER.treeToValue(golden, form.type())).toString())
        .isEqualTo(Json.MAPPER.writeValueAsString(form.value()));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void comesThroughTheWireWhole(Form form) throws IOException {
    Object read = CBOR.readValue(CBOR.writeValueAsBytes(form.value()), form.type());

    assertThat(read).usingRecursiveComparison().isEqualTo(form.value());
  }

  @ParameterizedTest
  @MethodSource("forms")
  void isReadFromANewerVersionThatSaysMore(Form form) throws IOException {
    ObjectNode more = (ObjectNode) golden(form).deepCopy();
    more.put("said_by_a_newer_version", 1);

    Object read = Json.MAPPER.treeToValue(more, form.type());

    assertThat(read).usingRecursiveComparison().isEqualTo(form.value());
  }

  @Test
  void everyMessageHasANameWithItsVersion() {
    assertThat(Samples.all(WireMessage.class))
        .hasSize(WireMessage.class.getPermittedSubclasses().length)
        .allSatisfy(message -> assertThat(WireMessage.nameOf(message)).matches("[a-z-]+/\\d+"));
  }

  private static JsonNode golden(Form form) throws IOException {
    String place = "/golden/" + form.name() + ".json";
    try (InputStream in = GoldenTest.class.getResourceAsStream(place)) {
      if (in != null) {
        return Json.MAPPER.readTree(in);
      }
    }
    assertThat(Boolean.getBoolean("mosey.golden.write")).as(place).isTrue();
    Path file = Path.of("src/test/resources" + place);
    Files.createDirectories(file.getParent());
    Files.writeString(
        file, Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(form.value()) + "\n");
    return Json.MAPPER.readTree(Json.bytes(form.value()));
  }
}
