package dev.mosey.node.gateway;

import dev.mosey.protocol.api.Problem;

/**
 * A request that can't be served, with the one line and the hint that its sender gets. Never a bug:
 * those are other exceptions.
 */
class ApiException extends RuntimeException {
  private static final String MANUAL =
      "--help of the tools and GET /mosey/v1/openapi.json have what can be asked";

  private final transient Problem problem;

  ApiException(int status, String code, String title, String hint) {
    super(title, null, false, false);
    this.problem = Problem.of(status, code, title, hint);
  }

  Problem problem() {
    return problem;
  }

  /** A null hint becomes the general one. */
  static ApiException badRequest(String title, String hint) {
    return new ApiException(400, "bad_request", title, hint == null ? MANUAL : hint);
  }

  /** A null hint becomes the general one. */
  static ApiException refused(String title, String hint) {
    return new ApiException(422, "refused", title, hint == null ? MANUAL : hint);
  }

  static ApiException notFound(String title, String hint) {
    return new ApiException(404, "not_found", title, hint);
  }

  static ApiException away(String title, String hint) {
    return new ApiException(503, "away", title, hint);
  }

  static ApiException busy(String title, String hint) {
    return new ApiException(503, "busy", title, hint);
  }
}
