package dev.mosey.node.store.journal;

import dev.mosey.node.store.BooksStore;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.setup.Setup;

/**
 * Hands the store that main has opened to the plugins: {@code
 * ActorSystemSetup.create(BootstrapSetup.create(config), new StoreSetup(store))}. The actor system
 * does not close it.
 */
public final class StoreSetup extends Setup {
  private final BooksStore store;

  /** For that store. */
  public StoreSetup(BooksStore store) {
    this.store = store;
  }

  static BooksStore storeOf(ActorSystem system) {
    return system
        .settings()
        .setup()
        .get(StoreSetup.class)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "the actor system was made without a StoreSetup; mosey.journal needs one"))
        .store;
  }
}
