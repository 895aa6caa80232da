#include "frame_json.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>

#include "base/json.h"
#include "wire/frame.h"

namespace redd::worker {

namespace od = simdjson::ondemand;

struct FrameJson::Parser {
  od::parser parser;
};

namespace {

constexpr std::size_t kStackLinesMax = 8;
constexpr std::size_t kLoadErrorBytesMax = 4 << 10;
constexpr std::size_t kHeadersMax = 1'000;

Error bad(std::string_view what) { return Error::hidden(ErrorCode::workerFailed, fmt::format("the JSON of {} is not as agreed", what)); }

simdjson::simdjson_result<od::object> open(od::parser& parser, od::document& document, std::string_view json) {
  const auto error = parser.iterate(json.data(), json.size(), json.size() + wire::kPaddingBytes).get(document);
  if (error) return error;
  return document.get_object();
}

// A text of the script: with a lone surrogate, which JSON from JavaScript may carry, it stays as it was written.
bool readText(simdjson::simdjson_result<od::value> found, std::string& out) {
  od::value value;
  if (found.get(value)) return false;
  const std::string_view raw = value.raw_json_token();
  std::string_view text;
  if (!value.get_string().get(text)) {
    out = text;
    return true;
  }
  if (!raw.starts_with('"')) return false;
  out = raw;
  return true;
}

bool readTexts(od::value value, std::vector<std::string>& out) {
  od::array array;
  if (value.get_array().get(array)) return false;
  for (auto element : array) {
    std::string_view text;
    if (element.get_string().get(text)) return false;
    out.emplace_back(text);
  }
  return true;
}

bool readManifestField(std::string_view key, od::value value, space::Manifest& manifest) {
  if (key == "routes") return readTexts(value, manifest.routes);
  if (key == "auth") return readTexts(value, manifest.auth);
  if (key == "queues") return readTexts(value, manifest.queues);
  if (key == "workers") return readTexts(value, manifest.workers);
  if (key == "jobs") return readTexts(value, manifest.jobs);
  if (key == "realtime") return readTexts(value, manifest.realtime);
  if (key == "startup") return !value.get_bool().get(manifest.startup);
  return true;
}

bool readHeaders(od::value value, AnswerHead& head) {
  od::array pairs;
  if (value.get_array().get(pairs)) return false;
  for (auto element : pairs) {
    od::array pair;
    if (element.get_array().get(pair) || head.headers.size() == kHeadersMax) return false;
    std::pair<std::string, std::string> header;
    std::size_t index = 0;
    for (auto part : pair) {
      std::string_view text;
      if (part.get_string().get(text) || index > 1) return false;
      (index++ == 0 ? header.first : header.second) = text;
    }
    if (index != 2) return false;
    head.headers.push_back(std::move(header));
  }
  return true;
}

}  // namespace

FrameJson::FrameJson() : parser_(std::make_unique<Parser>()) {}
FrameJson::~FrameJson() = default;

Result<space::Manifest> FrameJson::ready(std::string_view json) {
  od::document document;
  od::object object;
  if (open(parser_->parser, document, json).get(object)) return bad("ready");
  space::Manifest manifest;
  std::int64_t protocol = 0;
  for (auto field : object) {
    std::string_view key;
    od::value value;
    if (field.unescaped_key().get(key) || field.value().get(value)) return bad("ready");
    const bool good = key == "protocol" ? !value.get_int64().get(protocol) : readManifestField(key, value, manifest);
    if (!good) return bad("ready");
  }
  if (protocol != wire::kProtocolVersion) {
    return Error::hidden(ErrorCode::workerFailed,
                         fmt::format("the worker speaks protocol {}, the server {}", protocol, wire::kProtocolVersion));
  }
  return manifest;
}

Result<AnswerHead> FrameJson::head(std::string_view json) {
  od::document document;
  od::object object;
  if (open(parser_->parser, document, json).get(object)) return bad("head");
  AnswerHead head;
  std::int64_t status = 0;
  for (auto field : object) {
    std::string_view key;
    od::value value;
    if (field.unescaped_key().get(key) || field.value().get(value)) return bad("head");
    if (key == "status" && value.get_int64().get(status)) return bad("head");
    if (key == "headers" && !readHeaders(value, head)) return bad("head");
  }
  if (status < 200 || status > 999) return bad("head");
  head.status = static_cast<int>(status);
  return head;
}

Result<LogLine> FrameJson::log(std::string_view json) {
  od::document document;
  od::object object;
  LogLine line;
  if (open(parser_->parser, document, json).get(object) || !readText(object["level"], line.level) ||
      !readText(object["context"], line.context) || !readText(object["text"], line.text)) {
    return bad("log");
  }
  return line;
}

Error FrameJson::loadFailed(std::string_view json) {
  od::document document;
  od::object object;
  std::string message;
  std::string stack;
  if (!open(parser_->parser, document, json).get(object)) {
    (void)readText(object["message"], message);
    (void)readText(object["stack"], stack);
  }
  if (message.empty() && stack.empty()) message = "the script failed to load";
  std::string text = stack.find(message) == std::string::npos ? message : std::string();
  std::size_t lines = 0;
  for (std::size_t at = 0; at < stack.size() && lines < kStackLinesMax; ++lines) {
    const std::size_t end = std::min(stack.find('\n', at), stack.size());
    if (!text.empty()) text.push_back('\n');
    text.append(stack, at, end - at);
    at = end + 1;
  }
  if (text.size() > kLoadErrorBytesMax) text.resize(kLoadErrorBytesMax);
  return invalid(std::move(text));
}

std::optional<std::uint32_t> callInvocation(std::string_view payload) {
  if (!payload.starts_with('[')) return std::nullopt;
  std::uint32_t invocation = 0;
  const char* const end = payload.data() + payload.size();
  const auto [next, error] = std::from_chars(payload.data() + 1, end, invocation);
  if (error != std::errc() || next == end || (*next != ',' && *next != ']')) return std::nullopt;
  return invocation;
}

std::string helloJson(const space::Space& space, const GatewayAddress& gateway, const Limits& limits) {
  std::string env;
  for (const auto& [name, value] : space.settings.env) {
    if (!env.empty()) env.push_back(',');
    json::appendString(env, name);
    env.push_back(':');
    json::appendString(env, value.value);
  }
  return fmt::format(
      R"({{"protocol":{},"project":{},"space":{},"deployment":{},"gateway":{{"host":{},"port":{}}},"env":{{{}}},)"
      R"("limits":{{"bufferedBodyBytesMax":{},"bodyWindowBytes":{}}}}})",
      wire::kProtocolVersion, json::quoted(space.project), json::quoted(space.name), json::quoted(space.deployment->id),
      json::quoted(gateway.host), gateway.port, env, limits.bufferedBodyBytesMax, limits.bodyWindowBytes);
}

}  // namespace redd::worker
