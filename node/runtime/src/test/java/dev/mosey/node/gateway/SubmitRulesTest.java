package dev.mosey.node.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mosey.protocol.api.SubmitRequest;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.job.After;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.Kind;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.job.NodeLoss;
import dev.mosey.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubmitRulesTest {
  private static final Instant NOW = Instant.parse("2030-01-31T08:00:00Z");
  private final SubmitRules rules =
      new SubmitRules(Duration.ofSeconds(10), Duration.ofMinutes(10), Duration.ofSeconds(30));

  private JobSpec specify(String json) {
    SubmitRequest request =
        Json.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), SubmitRequest.class);
    return rules.specify(request, null, null, "ann", NOW);
  }

  @Test
  void whatIsNotSaidGetsTheDocumentedDefaults() {
    JobSpec spec = specify("{'command':['sleep','1'],'cwd':'/tmp'}");
    assertThat(spec.kind()).isEqualTo(Kind.COMMAND);
    assertThat(spec.user()).isEqualTo("ann");
    assertThat(spec.priority()).isEqualTo(50);
    assertThat(spec.resources().cores()).isEqualTo(1.0);
    assertThat(spec.graceMillis()).isEqualTo(30_000);
    assertThat(spec.leaseMillis()).as("a plain command would lose its work").isEqualTo(600_000);
    assertThat(spec.move()).isEqualTo(MoveMode.NEVER);
    assertThat(spec.nodeLoss()).isEqualTo(NodeLoss.RESTART);
    assertThat(spec.tasks()).isEqualTo(1);
  }

  @Test
  void whatResumesCheaplyGetsTheShortLease() {
    assertThat(specify("{'command':['x'],'cwd':'/','move':'checkpoint'}").leaseMillis())
        .isEqualTo(10_000);
    assertThat(
            specify("{'command':['x'],'cwd':'/','move':'checkpoint','lease_seconds':77}")
                .leaseMillis())
        .isEqualTo(77_000);
  }

  @Test
  void dependenciesArraysAndTimesAreUnderstood() {
    JobSpec spec =
        specify(
            "{'command':['x'],'cwd':'/','array':'1-9:2%3','after':['alpha.3'],"
                + "'after_any':['beta.4'],'begin':'+90'}");
    assertThat(spec.tasks()).isEqualTo(5);
    assertThat(spec.array().atOnce()).isEqualTo(3);
    assertThat(spec.after())
        .containsExactly(
            new After(After.Kind.OK, JobId.parse("alpha.3")),
            new After(After.Kind.ANY, JobId.parse("beta.4")));
    assertThat(Instant.ofEpochMilli(spec.beginMillis())).isEqualTo(NOW.plusSeconds(90));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'cwd':'/'} | no command",
        "{'command':[null],'cwd':'/'} | 'command' has a null among its texts",
        "{'command':['x'],'cwd':'/','after':[null]} | 'after' has a null among its texts",
        "{'command':['x'],'cwd':'/','on':['alpha',null]} | 'on' has a null among its texts",
        "{'command':['x'],'cwd':'/','lease_seconds':1e300} | must be 1 to 315360000 seconds",
        "{'command':[''],'cwd':'/'} | no command",
        "{'command':['x']} | working directory",
        "{'command':['x'],'cwd':'tmp'} | working directory",
        "{'command':['x'],'cwd':'/','priority':-1} | priority",
        "{'command':['x'],'cwd':'/','array':'9-1'} | array",
        "{'command':['x'],'cwd':'/','entries':[]} | nothing to run",
        "{'command':['x'],'cwd':'/','array':'1-3','entries':['a']} | lines",
        "{'command':['x'],'cwd':'/','move':'live'} | live",
        "{'command':['x'],'cwd':'/','move':'sideways'} | sideways",
        "{'command':['x'],'cwd':'/','node_loss':'cry'} | cry",
        "{'command':['x'],'cwd':'/','resources':{'cores':-1}} | cores",
        "{'command':['x'],'cwd':'/','resources':{'GPU!':1}} | GPU!",
        "{'command':['x'],'cwd':'/','resources':{'cores':null}} | 'cores' needs an amount",
        "{'command':['x'],'cwd':'/','array':'1-10%0'} | %MAX is 1 or more",
        "{'command':['x','y\\u0000z'],'cwd':'/'} | 'command' holds a zero character",
        "{'command':['x'],'cwd':'/tmp\\u0000'} | 'cwd' holds a zero character",
        "{'command':['x'],'cwd':'/','entries':['a','\\u0000']} | 'entries' holds a zero",
        "{'command':['x'],'cwd':'/','stdout_file':'/o\\u0000'} | 'stdout_file' holds a zero",
        "{'command':['x'],'cwd':'/','stderr_file':'/o\\u0000'} | 'stderr_file' holds a zero",
        "{'command':['x'],'cwd':'/','user':'a\\u0000'} | 'user' holds a zero character",
        "{'command':['x'],'cwd':'/','env':{'A':'\\u0000'}} | 'env' holds a zero character",
        "{'command':['x'],'cwd':'/','env':{'A\\u0000':''}} | 'env' holds a zero character",
        "{'command':['x'],'cwd':'/','after':['alpha']} | alpha",
        "{'command':['x'],'cwd':'/','on':['Al.pha']} | Al.pha",
        "{'command':['x'],'cwd':'/','on':['a'],'not':['b','a']} | no node is left",
        "{'command':['x'],'cwd':'/','begin':'tomorrow'} | tomorrow",
        "{'command':['x'],'cwd':'/','time_limit_seconds':-3} | time_limit",
        "{'command':['x'],'cwd':'/','kind':'java'} | jar",
        "{'command':['x'],'cwd':'/','kind':'cobol'} | cobol",
        "{'command':['x'],'cwd':'/','stdout_file':'out'} | stdout_file"
      })
  void aWrongWishIsRefusedInOneLineThatNamesIt(String json, String named) {
    assertThatThrownBy(() -> specify(json))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining(named)
        .extracting(e -> ((ApiException) e).problem().status())
        .isEqualTo(422);
  }

  @Test
  void jsonOfTheWrongTypeIsNamedByItsPath() {
    assertThatThrownBy(() -> specify("{'command':'x','cwd':'/'}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("command");
    assertThatThrownBy(() -> specify("{'command':['x'],"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not valid JSON");
  }
}
