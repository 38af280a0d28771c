package dev.mosey.program.worker;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import com.fasterxml.jackson.databind.ser.std.BeanSerializerBase;
import java.io.IOException;

/**
 * Refuses what is no data. A thread, a stream or a class loader has getters like any other object,
 * and following them would write half of the JVM.
 */
final class StateModule extends SimpleModule {
  private static final long serialVersionUID = 1L;

  StateModule() {
    super("state");
    setSerializerModifier(new Refusing());
  }

  private static final class Refusing extends BeanSerializerModifier {
    private static final long serialVersionUID = 1L;

    @Override
    public JsonSerializer<?> modifySerializer(
        SerializationConfig config, BeanDescription description, JsonSerializer<?> serializer) {
      Class<?> type = description.getBeanClass();
      boolean ofTheJdk = type.getClassLoader() == null || type.getModule().isNamed();
      return serializer instanceof BeanSerializerBase && ofTheJdk ? new Refusal() : serializer;
    }
  }

  private static final class Refusal extends JsonSerializer<Object> {
    @Override
    public void serialize(Object value, JsonGenerator to, SerializerProvider provider)
        throws IOException {
      String type = value.getClass().getName();
      provider.reportBadDefinition(value.getClass(), "a " + type + " is no data and can't travel");
    }
  }
}
