package dev.mosey.node.boot;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/**
 * Takes the signals that end a daemon. {@code sun.misc.Signal} is the JDK's only way to tell SIGINT
 * from SIGTERM, and to end with a status of one's own; it is reached by reflection since compilers
 * warn of it. Where it is missing, a shutdown hook sees both alike.
 */
final class Signals {
  private Signals() {}

  /**
   * From now on these signals go to the listener and not to the JVM.
   *
   * @param listener told {@code TERM} or {@code INT}, by a thread of the JVM's
   */
  static void listen(Consumer<String> listener) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object ours =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  listener.accept((String) signal.getMethod("getName").invoke(arguments[0]));
                }
                return null;
              });
      for (String name : new String[] {"TERM", "INT"}) {
        signal
            .getMethod("handle", signal, handler)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
      }
    } catch (ClassNotFoundException
        | NoSuchMethodException
        | IllegalAccessException
        | InstantiationException
        | InvocationTargetException missing) {
      hook(listener);
    }
  }

  private static void hook(Consumer<String> listener) {
    Thread main = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  listener.accept("TERM");
                  try {
                    main.join();
                  } catch (InterruptedException impatient) {
                    Thread.currentThread().interrupt();
                  }
                },
                "mosd-stop"));
  }
}
