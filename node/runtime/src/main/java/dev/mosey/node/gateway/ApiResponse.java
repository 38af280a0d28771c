package dev.mosey.node.gateway;

import dev.mosey.protocol.api.Problem;
import dev.mosey.protocol.json.Json;

/**
 * An answer of the interface.
 *
 * @param status as in HTTP
 * @param body JSON
 */
record ApiResponse(int status, byte[] body) {
  static ApiResponse ok(Object value) {
    return new ApiResponse(200, Json.bytes(value));
  }

  static ApiResponse created(Object value) {
    return new ApiResponse(201, Json.bytes(value));
  }

  static ApiResponse of(Problem problem) {
    return new ApiResponse(problem.status(), Json.bytes(problem));
  }
}
