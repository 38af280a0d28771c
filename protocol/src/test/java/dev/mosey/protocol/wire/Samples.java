package dev.mosey.protocol.wire;

import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.ArraySpec;
import dev.mosey.protocol.job.Blob;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Values of every record that crosses a process boundary, with every component filled, lists with
 * one of each kind: what a golden file holds. The same at every call.
 */
public final class Samples {
  private Samples() {}

  /** One value of that type; of a sealed interface the first kind. */
  public static <T> T of(Class<T> type) {
    return type.cast(value(type));
  }

  /** One value of each kind of a sealed interface. */
  public static <T> List<T> all(Class<T> sealed) {
    List<T> all = new ArrayList<>();
    for (Class<?> kind : sealed.getPermittedSubclasses()) {
      if (kind.isSealed()) {
        all(kind).forEach(value -> all.add(sealed.cast(value)));
      } else {
        all.add(sealed.cast(value(kind)));
      }
    }
    return all;
  }

  private static Object value(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type last = generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
      Class<?> raw = (Class<?>) generic.getRawType();
      if (raw == List.class) {
        return last instanceof Class<?> c && c.isSealed() ? all(c) : List.of(value(last));
      }
      if (raw == Set.class) {
        return Set.of(value(last));
      }
      if (raw == Map.class) {
        return Map.of(value(generic.getActualTypeArguments()[0]), value(last));
      }
      if (raw == SortedMap.class) {
        return new TreeMap<>(Map.of(value(generic.getActualTypeArguments()[0]), value(last)));
      }
      return record(raw);
    }
    Class<?> type1 = (Class<?>) type;
    if (type1 == String.class) return "text ü";
    if (type1 == int.class || type1 == Integer.class) return 7;
    if (type1 == long.class || type1 == Long.class) return 1_234_567_890_123L;
    if (type1 == double.class || type1 == Double.class) return 1.5;
    if (type1 == boolean.class || type1 == Boolean.class) return true;
    if (type1 == byte[].class) return new byte[] {0, 1, -1};
    if (type1 == Instant.class) return Instant.parse("2026-01-02T03:04:05.678Z");
    if (type1 == Duration.class) return Duration.ofMillis(1_500);
    if (type1 == NodeName.class) return NodeName.of("alpha");
    if (type1 == Blob.class) return new Blob("0123456789abcdef".repeat(4), 42);
    if (type1 == ArraySpec.class) return ArraySpec.parse("1-9:2%3");
    if (type1.isEnum()) return type1.getEnumConstants()[0];
    if (type1.isSealed()) return value(type1.getPermittedSubclasses()[0]);
    return record(type1);
  }

  private static Object record(Class<?> type) {
    try {
      RecordComponent[] parts = type.getRecordComponents();
      if (parts == null) {
        throw new AssertionError("what is a sample of " + type + "?");
      }
      Class<?>[] types =
          Arrays.stream(parts).map(RecordComponent::getType).toArray(Class<?>[]::new);
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(
          Arrays.stream(parts).map(part -> value(part.getGenericType())).toArray());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("no sample of " + type, e);
    }
  }
}
