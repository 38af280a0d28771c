package dev.mosey.node.home;

import dev.mosey.policy.books.BooksCommand.DependencyEnded;
import dev.mosey.protocol.id.JobId;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Finds out what became of a job of another home. */
@FunctionalInterface
public interface Dependencies {
  /**
   * Asks the job's home.
   *
   * @return empty while it has not ended or its home does not answer: asked again later. With
   *     neither {@code ok} nor {@code bad} when its home does not know it (any more). Failures
   *     count as no answer
   */
  CompletionStage<Optional<DependencyEnded>> find(JobId job);
}
