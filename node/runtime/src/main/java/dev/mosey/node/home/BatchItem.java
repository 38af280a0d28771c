package dev.mosey.node.home;

import dev.mosey.policy.books.BooksCommand;
import dev.mosey.policy.books.BooksReply;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/** One thing that waits for the books. */
sealed interface BatchItem {
  /** A command; {@code replyTo} is null when nobody waits for the answer. */
  record Change(BooksCommand command, ActorRef<BooksReply> replyTo) implements BatchItem {}

  /** Reads the books after the commands of the same batch are on the disk. */
  record Look<T>(Function<HomeView, T> question, ActorRef<T> replyTo) implements BatchItem {
    void answer(HomeView view) {
      replyTo.tell(question.apply(view));
    }
  }
}
