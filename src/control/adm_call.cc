#include "adm_call.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "answers.h"
#include "http/url.h"

namespace redd::control {
namespace {

constexpr std::string_view kPrefix = "_A_D_M_";

Error noEndpoint() { return notFound("No such administration endpoint"); }

bool isUtf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

Result<std::string> decoded(std::string_view segment) {
  REDD_TRY(auto text, http::percentDecode(segment));
  if (text.contains('\0') || !isUtf8(text)) return invalid("The path is not UTF-8 text.");
  return text;
}

}  // namespace

Result<AdmTarget> admTarget(std::string_view path) {
  REDD_TRY(const std::string normal, http::normalisePath(path));
  std::vector<std::string_view> segments;
  for (std::string_view left = normal; !left.empty();) {
    left.remove_prefix(1);  // the slash
    segments.push_back(left.substr(0, left.find('/')));
    left.remove_prefix(segments.back().size());
  }
  if (segments.size() == 4 && segments.back().empty()) segments.pop_back();
  if (segments.size() < 2 || segments.size() > 3 || !segments[1].starts_with(kPrefix)) return noEndpoint();
  AdmTarget target;
  REDD_TRY(target.space, decoded(segments[0]));
  target.endpoint = segments[1].substr(kPrefix.size());
  if (segments.size() == 3) {
    REDD_TRY(target.rest, decoded(segments[2]));
  }
  return target;
}

std::string AdmQuery::get(std::string_view name) const {
  const auto found = std::ranges::find(values, name, [](const auto& pair) -> std::string_view { return pair.first; });
  return found == values.end() ? std::string() : found->second;
}

Result<AdmQuery> admQuery(std::string_view query, std::initializer_list<std::string_view> names) {
  std::vector<std::pair<std::string_view, std::string>> raw;
  while (!query.empty()) {
    const auto piece = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), piece.size() + 1));
    const auto name = piece.substr(0, piece.find('='));
    const bool isKnown = name.size() < piece.size() && std::ranges::find(names, name) != names.end();
    if (isKnown) {
      raw.emplace_back(name, piece.substr(name.size() + 1));
    } else if (!raw.empty()) {
      raw.back().second.append("&").append(piece);
    }
  }
  AdmQuery out;
  for (const auto& [name, value] : raw) {
    REDD_TRY(auto text, http::percentDecode(value));
    if (text.contains('\0') || !isUtf8(text)) return invalid("The query is not UTF-8 text.");
    out.values.emplace_back(name, std::move(text));
  }
  return out;
}

std::string headerText(std::string_view value) {
  if (isUtf8(value)) return std::string(value);
  std::string out;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else {
      out += static_cast<char>(0xC0 | (byte >> 6));
      out += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return out;
}

Call AdmCall::call(Arguments arguments) const {
  arguments.set("project", project_);
  arguments.set("space", target.space);
  return Call{services, caller, services.options.proxies.clientOf(exchange.head(), exchange.peerAddress()), std::move(arguments)};
}

Task<Result<Answer>> AdmCall::run(std::string_view operation, Arguments arguments) const {
  const auto* row = findOperation(operation);
  REDD_CHECK(row != nullptr && row->run != nullptr);
  return dispatcher.run(*row, call(std::move(arguments)));
}

Task<Result<void>> AdmCall::stream(std::string_view operation, Arguments arguments, http::Exchange& through) const {
  const auto* row = findOperation(operation);
  REDD_CHECK(row != nullptr && row->stream != nullptr);
  return dispatcher.stream(*row, call(std::move(arguments)), through);
}

Task<Result<Arguments>> AdmCall::bodyArguments(std::uint64_t bytesMax, std::vector<Argument> declared) const {
  REDD_CO_TRY(const auto body, co_await readBody(exchange, bytesMax));
  Arguments out;
  REDD_CO_TRY_VOID(out.addJson(body, declared));
  co_return out;
}

Task<Result<void>> AdmCall::print(std::string json) const {
  co_await respondJson(exchange, 200, std::move(json));
  co_return Result<void>{};
}

}  // namespace redd::control
