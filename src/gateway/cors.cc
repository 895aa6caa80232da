#include "cors.h"

#include <algorithm>

namespace redd::gateway {
namespace {

bool mayRead(std::string_view origin, const std::vector<std::string>& allowed) {
  return allowed.empty() || std::ranges::find(allowed, origin) != allowed.end();
}

void addVaryOrigin(http::Headers& answer) {
  const auto vary = answer.find("vary");
  if (!vary) {
    answer.add("vary", "Origin");
  } else if (*vary != "*" && vary->find("Origin") == std::string_view::npos && vary->find("origin") == std::string_view::npos) {
    answer.set("vary", std::string(*vary) + ", Origin");
  }
}

}  // namespace

bool isPreflight(const http::RequestHead& head) {
  return head.method == "OPTIONS" && head.headers.find("origin") && head.headers.find("access-control-request-method");
}

void addCorsHeaders(http::Headers& answer, const http::Headers& request, const std::vector<std::string>& allowedOrigins) {
  const auto origin = request.find("origin");
  if (!origin) return;
  addVaryOrigin(answer);
  if (answer.find("access-control-allow-origin") || !mayRead(*origin, allowedOrigins)) return;
  answer.add("access-control-allow-origin", std::string(*origin));
  answer.set("access-control-allow-credentials", "true");
}

http::ResponseHead preflightAnswer(const http::RequestHead& head, const std::vector<std::string>& allowedOrigins) {
  http::ResponseHead answer{204, {}};
  addCorsHeaders(answer.headers, head.headers, allowedOrigins);
  if (!answer.headers.find("access-control-allow-origin")) return answer;
  answer.headers.add("access-control-allow-methods", "GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS");
  if (const auto asked = head.headers.find("access-control-request-headers")) {
    answer.headers.add("access-control-allow-headers", std::string(*asked));
  }
  answer.headers.add("access-control-max-age", "600");
  return answer;
}

}  // namespace redd::gateway
