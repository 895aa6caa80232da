#include "assets.h"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <iterator>
#include <utility>

#include "http/server.h"

namespace redd {
namespace {

constexpr std::string_view kPrefix = "/_/assets/";
constexpr std::string_view kSwaggerUi = "/_/assets/swagger-ui/5.11.0/";  // also in runtime/lib/openapi_page.cjs
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kFiles{{
    {"swagger-ui.css", "text/css; charset=utf-8"},
    {"swagger-ui-bundle.js", "text/javascript; charset=utf-8"},
    {"swagger-ui-standalone-preset.js", "text/javascript; charset=utf-8"},
    {"favicon-32x32.png", "image/png"},
}};

http::ResponseHead headOf(int status, std::string_view type) {
  http::ResponseHead head{status, {}};
  head.headers.add("content-type", std::string(type));
  head.headers.add("x-content-type-options", "nosniff");
  return head;
}

}  // namespace

Result<Assets> Assets::read(const std::filesystem::path& folder) {
  Assets assets;
  for (const auto& [name, type] : kFiles) {
    const auto path = folder / "swagger-ui-dist" / name;
    std::ifstream in(path, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    if (bytes.empty()) {
      return Error::make(ErrorCode::internal, fmt::format("{} is missing. Fix: run tools/setup and build again, or install Redd anew", path.string()));
    }
    assets.files_.emplace(std::string(kSwaggerUi).append(name), File{type, std::move(bytes)});
  }
  return assets;
}

bool Assets::owns(std::string_view path) { return path.starts_with(kPrefix); }

Task<void> Assets::serve(http::Exchange& exchange) const {
  const auto& request = exchange.head();
  const auto found = files_.find(request.path());
  if (found == files_.end()) {
    (void)co_await exchange.respond(headOf(404, "application/json; charset=utf-8"), R"({"error":"No such file"})");
  } else if (request.method != "GET" && request.method != "HEAD") {
    auto head = headOf(405, "application/json; charset=utf-8");
    head.headers.add("allow", "GET, HEAD");
    (void)co_await exchange.respond(std::move(head), R"({"error":"Files are read with GET"})");
  } else {
    auto head = headOf(200, found->second.type);
    head.headers.add("cache-control", "public, max-age=31536000, immutable");
    (void)co_await exchange.respond(std::move(head), found->second.bytes);
  }
}

}  // namespace redd
