package dev.mosey.policy.books;

import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.After;
import dev.mosey.protocol.job.ArraySpec;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.Kind;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.job.NodeLoss;
import dev.mosey.protocol.job.Resources;
import java.util.List;

/** Jobs, hosts and images for tests. */
public final class Specs {
  /** The home. */
  public static final NodeName HOME = NodeName.of("alpha");

  /** Two hosts in their first sessions. */
  public static final HostId BETA = new HostId(NodeName.of("beta"), 1);

  public static final HostId GAMMA = new HostId(NodeName.of("gamma"), 1);

  private String user = "ann";
  private int priority = 50;
  private ArraySpec array;
  private int retries;
  private MoveMode move = MoveMode.CHECKPOINT;
  private NodeLoss nodeLoss = NodeLoss.RESTART;
  private List<After> after = List.of();
  private long beginMillis;
  private List<String> command = List.of("true");
  private List<NodeName> on = List.of();
  private long checkpointMillis;

  private Kind kind = Kind.COMMAND;

  private Specs() {}

  public Specs kind(Kind value) {
    kind = value;
    return this;
  }

  public static Specs job() {
    return new Specs();
  }

  public Specs user(String value) {
    user = value;
    return this;
  }

  public Specs priority(int value) {
    priority = value;
    return this;
  }

  public Specs array(String value) {
    array = ArraySpec.parse(value);
    return this;
  }

  public Specs retries(int value) {
    retries = value;
    return this;
  }

  public Specs move(MoveMode value) {
    move = value;
    return this;
  }

  public Specs nodeLoss(NodeLoss value) {
    nodeLoss = value;
    return this;
  }

  public Specs after(After... value) {
    after = List.of(value);
    return this;
  }

  public Specs begin(long epochMillis) {
    beginMillis = epochMillis;
    return this;
  }

  public Specs command(String... value) {
    command = List.of(value);
    return this;
  }

  public Specs checkpointEvery(long millis) {
    checkpointMillis = millis;
    return this;
  }

  public Specs on(NodeName... value) {
    on = List.of(value);
    return this;
  }

  public JobSpec spec() {
    return new JobSpec(
        kind,
        "",
        user,
        command,
        "/",
        Resources.of(1, 0),
        priority,
        array,
        null,
        null,
        null,
        null,
        null,
        0,
        1_000,
        10_000,
        retries,
        move,
        nodeLoss,
        false,
        on,
        List.of(),
        after,
        beginMillis,
        null,
        null,
        checkpointMillis);
  }

  /** An image that is told apart by this number. */
  public static Image image(int number, NodeName at) {
    return new Image(
        new Blob("%064x".formatted(number), 100), "directory/1", at, number, 0, number);
  }
}
