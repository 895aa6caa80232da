#include "invoke_json.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "http/url.h"

namespace redd::gateway {
namespace {

// Names that are the gateway's to give: a client's own are dropped, in any spelling (SEC-15, SEC-43).
constexpr std::array<std::string_view, 11> kReserved{"forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto",
                                                     "x-forwarded-scheme", "x-real-ip", "x-request-id", "x-scheme", "x-redd-depth", "x-client-ip"};

bool isReserved(std::string_view name) {
  if (name.empty() || (name[0] != 'x' && name[0] != 'f')) return false;
  std::string spelled(name);
  std::ranges::replace(spelled, '_', '-');
  return std::ranges::find(kReserved, spelled) != kReserved.end();
}

// Header bytes reach JavaScript as Latin-1, as they do in Node's own server.
void appendText(std::string& out, std::string_view raw) {
  if (std::ranges::none_of(raw, [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) return json::appendString(out, raw);
  std::string utf8;
  for (const char c : raw) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      utf8.push_back(c);
    } else {
      utf8.push_back(static_cast<char>(0xc0 | (byte >> 6)));
      utf8.push_back(static_cast<char>(0x80 | (byte & 0x3f)));
    }
  }
  json::appendString(out, utf8);
}

void appendMember(std::string& out, std::string_view name, std::string_view value) {
  if (out.back() != '{') out.push_back(',');
  json::appendString(out, name);
  out.push_back(':');
  appendText(out, value);
}

void appendHeaders(std::string& out, const InvokeInput& input) {
  const http::Headers& headers = input.head.headers;
  out += ",\"headers\":{";
  for (auto field = headers.begin(); field != headers.end(); ++field) {
    const auto& name = field->first;
    if (isReserved(name)) continue;
    const auto sameName = [&name](const auto& other) { return other.first == name; };
    if (std::find_if(headers.begin(), field, sameName) != field) continue;  // joined where it came first
    auto more = std::find_if(field + 1, headers.end(), sameName);
    if (more == headers.end()) {
      appendMember(out, name, field->second);
      continue;
    }
    std::string joined = field->second;
    for (; more != headers.end(); more = std::find_if(more + 1, headers.end(), sameName)) {
      joined.append(name == "cookie" ? "; " : ", ").append(more->second);
    }
    appendMember(out, name, joined);
  }
  const http::ClientSide& client = input.client;
  appendMember(out, "x-real-ip", client.ip);
  appendMember(out, "x-forwarded-for", client.ip);
  appendMember(out, "x-forwarded-host", client.host);
  appendMember(out, "x-forwarded-port", client.port);
  appendMember(out, "x-forwarded-proto", client.proto);
  appendMember(out, "x-forwarded-scheme", client.proto);
  appendMember(out, "x-scheme", client.proto);
  appendMember(out, "x-request-id", input.requestId);
  out.push_back('}');
}

}  // namespace

std::string invokeJson(const InvokeInput& input) {
  std::string out;
  out.reserve(1024 + input.head.target.size() * 3 + input.claims.size());
  out += R"({"kind":"request")";
  appendMember(out, "method", input.head.method);
  appendMember(out, "target", input.head.target);
  appendMember(out, "path", input.path);
  appendMember(out, "apiPath", input.apiPath);
  appendMember(out, "query", input.query);
  appendHeaders(out, input);
  appendMember(out, "ip", input.client.ip);
  appendMember(out, "hostname", http::splitHost(input.head.host).name);
  out += input.auth == InvokeInput::Auth::granted ? R"(,"auth":"granted")" : R"(,"auth":"hook")";
  if (!input.claims.empty()) out.append(R"(,"jwt":)").append(input.claims);
  if (input.head.contentLength) out.append(R"(,"bodyLength":)").append(std::to_string(*input.head.contentLength));
  if (input.depth > 0) out.append(R"(,"depth":)").append(std::to_string(input.depth));
  out.push_back('}');
  return out;
}

}  // namespace redd::gateway
