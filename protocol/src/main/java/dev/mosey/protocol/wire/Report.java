package dev.mosey.protocol.wire;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.FrozenBy;
import dev.mosey.protocol.job.Image;
import java.util.List;

/**
 * A host tells a home all that it holds for it, whole, every second and at once after a change. The
 * list is complete: what is not in it, this host in this session does not have. A home answers with
 * {@link Orders}; what the two say to each other is all of the protocol between host and home, so a
 * lost message is repaired by the next one.
 *
 * @param host the host in its present session
 * @param seq grows with every report of this session to this home; leases count from the sending of
 *     the report that orders answer
 * @param books the newest books of this home whose orders the host has obeyed, or null
 * @param guests everything of this home here
 * @param partial whether not all of it is in the list, because there was no room or because this
 *     version does not know a state: then what is not there may still be, also in a newer session
 * @param continues the oldest session whose guests may live on in this one, because each daemon
 *     since has handed them to the next; 0 = none but this session's own
 */
public record Report(
    HostId host, long seq, BooksId books, List<Guest> guests, boolean partial, long continues)
    implements WireMessage {
  /**
   * Copies the list; a guest in a state that this version does not know is left out, and the report
   * is partial then: what is not in the list may still be there.
   */
  public Report {
    List<Guest> known =
        guests.stream().filter(guest -> guest != null && guest.state() != null).toList();
    partial = partial || known.size() < guests.size();
    guests = known;
  }

  /** A whole report. */
  public Report(HostId host, long seq, BooksId books, List<Guest> guests) {
    this(host, seq, books, guests, false, 0);
  }

  /** The same with these guests. */
  public Report with(List<Guest> others) {
    return new Report(host, seq, books, others, partial, continues);
  }

  /**
   * One incarnation of one process, as its host sees it.
   *
   * @param id the process
   * @param incarnation which one
   * @param state what the host does with it
   * @param cpuMillis processor time of this incarnation so far
   * @param rssBytes resident memory now
   * @param progress what the body says of itself, at most 200 characters, or null
   */
  public record Guest(
      ProcessId id,
      int incarnation,
      GuestState state,
      long cpuMillis,
      long rssBytes,
      String progress) {
    /** With nothing measured yet. */
    public static Guest of(ProcessId id, int incarnation, GuestState state) {
      return new Guest(id, incarnation, state, 0, 0, null);
    }
  }

  /** What a host does with an incarnation. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "s")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = GuestState.Preparing.class, name = "preparing"),
    @JsonSubTypes.Type(value = GuestState.Running.class, name = "running"),
    @JsonSubTypes.Type(value = GuestState.AsksToMove.class, name = "asks-to-move"),
    @JsonSubTypes.Type(value = GuestState.Left.class, name = "left"),
    @JsonSubTypes.Type(value = GuestState.Refused.class, name = "refused"),
    @JsonSubTypes.Type(value = GuestState.Ended.class, name = "ended")
  })
  public sealed interface GuestState {
    /** Accepted; it waits for a lease, an image or a slot, and does not run. */
    record Preparing() implements GuestState {}

    /**
     * Its body runs, or is about to, or is paused on the host's own account.
     *
     * @param startedAtMillis epoch milliseconds by the host's clock
     * @param checkpoint the newest checkpoint that the host has of this incarnation and the home
     *     may not have yet, or null
     * @param frozen whether it stands still in its place, because it can't be packed and was to be
     *     frozen
     */
    record Running(long startedAtMillis, Image checkpoint, boolean frozen) implements GuestState {
      /** One that is not frozen. */
      public Running(long startedAtMillis, Image checkpoint) {
        this(startedAtMillis, checkpoint, false);
      }
    }

    /**
     * Paused at a safe point; the host asks the home to give it to the target and stays paused
     * until the home has said placed or aborted.
     *
     * @param move the number of this attempt; grows with every attempt of this process, over all
     *     hosts
     * @param target who holds the image, checked
     * @param image what was packed; null when it begins again
     * @param ends how much of its output was produced
     * @param reason why it moves, one word of the move ledger: {@code balance}, {@code hand},
     *     {@code drain}, ...
     * @param predictedGainSeconds what the policy expects; 0 when moved by hand
     * @param pausedAtMillis epoch milliseconds of the safe point
     */
    record AsksToMove(
        int move,
        HostId target,
        Image image,
        OutputEnds ends,
        String reason,
        double predictedGainSeconds,
        long pausedAtMillis)
        implements GuestState {}

    /**
     * It runs here no longer and never will in this incarnation; the host keeps what it has until
     * the home orders it dropped. After a move, or when the lease lapsed, or when its first start
     * was refused.
     *
     * @param image its last checkpoint taken here, or null
     * @param ends how much of its output the host has handed over
     * @param why one line
     * @param cutOff whether its lease lapsed although the host was awake: it was cut off from the
     *     home, and nothing that ran here was to blame
     * @param frozen by whom it was frozen, or null when it left for another reason
     */
    record Left(Image image, OutputEnds ends, String why, boolean cutOff, FrozenBy frozen)
        implements GuestState {
      /** For another reason than that it was frozen. */
      public Left(Image image, OutputEnds ends, String why, boolean cutOff) {
        this(image, ends, why, cutOff, null);
      }

      /** For another reason than its lease. */
      public Left(Image image, OutputEnds ends, String why) {
        this(image, ends, why, false);
      }
    }

    /**
     * Never started here and never will in this incarnation.
     *
     * @param code why, for the policy
     * @param why the same in a sentence
     */
    record Refused(RefusalCode code, String why) implements GuestState {}

    /**
     * Ended by itself, by a signal, or by its limit; all its output has been taken by the home.
     *
     * @param exit how
     * @param ends how much output there is
     * @param startedAtMillis epoch milliseconds
     * @param endedAtMillis epoch milliseconds
     */
    record Ended(Exit exit, OutputEnds ends, long startedAtMillis, long endedAtMillis)
        implements GuestState {}
  }

  /** Why a host does not start an incarnation. */
  public enum RefusalCode {
    /** No slot or no memory is free any more: another host, or later. */
    FULL,
    /** The host is blocked, draining or shutting down. */
    BLOCKED,
    /** The working directory does not exist there. */
    NO_DIRECTORY,
    /** The command does not exist there. */
    NO_COMMAND,
    /** The command is there but can't be executed. */
    NOT_EXECUTABLE,
    /** An image or blob could not be fetched or failed its checksum. */
    NO_IMAGE,
    /** The order was meant for another session, or came from books that the host does not obey. */
    STALE,
    /** It was stopped before it started. */
    STOPPED,
    /** The host can't run this kind of body. */
    NOT_ABLE,
    /** A code that this version does not know: treated as {@link #BLOCKED}. */
    @JsonEnumDefaultValue
    UNKNOWN
  }

  /**
   * How many bytes of each stream this incarnation's log has, counted from the beginning of the
   * process.
   *
   * @param stdout bytes
   * @param stderr bytes
   */
  public record OutputEnds(long stdout, long stderr) {
    /** Nothing said yet. */
    public static final OutputEnds NONE = new OutputEnds(0, 0);
  }
}
