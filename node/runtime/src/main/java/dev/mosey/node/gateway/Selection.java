package dev.mosey.node.gateway;

import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.ArraySpec;
import java.util.ArrayList;
import java.util.List;

/**
 * What an id in a path means: a whole job {@code alpha.17}, an element {@code alpha.17.3}, or
 * elements {@code alpha.17.3-9}.
 *
 * @param job the job
 * @param first smallest array index, or -1 for the whole job
 * @param last largest array index, or -1
 */
record Selection(JobId job, int first, int last) {
  /**
   * Parses an id.
   *
   * @throws ApiException 400 with one line
   */
  static Selection parse(String text) {
    int dash = text.lastIndexOf('-');
    int dot = text.lastIndexOf('.');
    try {
      if (dash > dot && dot > 0 && text.indexOf('.') != dot) {
        ProcessId from = ProcessId.parse(text.substring(0, dash));
        int to = Integer.parseUnsignedInt(text.substring(dash + 1));
        if (to < from.task()) {
          throw ApiException.badRequest("'" + text + "' is an empty range", null);
        }
        return new Selection(from.jobId(), from.task(), to);
      }
      ProcessId id = ProcessId.parse(text);
      return id.isElement()
          ? new Selection(id.jobId(), id.task(), id.task())
          : new Selection(id.jobId(), -1, -1);
    } catch (NumberFormatException e) {
      throw ApiException.badRequest(
          "'" + text + "' is not an id", "ids look like alpha.17, alpha.17.3 or alpha.17.3-9");
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest(e.getMessage(), null);
    }
  }

  boolean isWholeJob() {
    return first < 0;
  }

  /** The one process that is meant: an element, or a job of one task. */
  ProcessId process() {
    return job.process(isWholeJob() ? ProcessId.SINGLE : first);
  }

  /**
   * The positions in the job, or null for all of it.
   *
   * @param array the job's indices, or null when it has one task
   * @throws ApiException 404 when the job has none of them
   */
  List<Run> positions(ArraySpec array) {
    if (isWholeJob()) {
      return null;
    }
    if (array == null) {
      throw ApiException.notFound(
          job + " is no array and has no element " + first, "ask for " + job);
    }
    List<Run> runs = new ArrayList<>();
    int from = Math.max(first, array.first());
    int lowest = array.first() + Math.ceilDiv(from - array.first(), array.step()) * array.step();
    int highest = Math.min(last, array.last());
    if (lowest <= highest) {
      int begin = array.positionOf(lowest);
      runs.add(new Run(begin, begin + (highest - lowest) / array.step()));
    }
    if (runs.isEmpty()) {
      throw ApiException.notFound(job + " has no such element", "its elements are " + array);
    }
    return runs;
  }
}
