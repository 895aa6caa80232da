#include "space_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "http/url.h"
#include "space/address_range.h"
#include "space/redaction.h"
#include "store/log_book.h"

namespace redd::gateway {

namespace {

constexpr std::size_t kTargetBytesMax = 1'024;
constexpr std::string_view kMask = "******";
constexpr std::array<std::string_view, 9> kSecretNames = {"apikey", "api_key", "api-key",  "token",    "access_token",
                                                          "id_token", "refresh_token", "password", "secret"};

bool isSecretName(std::string_view name) {
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return std::ranges::find(kSecretNames, lower) != kSecretNames.end();
}

// Members of a JSON object, as LogLine::fields.
class Fields {
 public:
  void text(std::string_view name, std::string_view value) { raw(name, json::quoted(value)); }
  void raw(std::string_view name, std::string_view jsonText) {
    if (!out_.empty()) out_ += ',';
    out_ += json::quoted(name);
    out_ += ':';
    out_ += jsonText;
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

std::string fieldsOf(const space::Space& space, const RequestOutcome& outcome, std::string_view target) {
  Fields fields;
  fields.text("method", outcome.method);
  fields.text("path", target);
  fields.raw("status", std::to_string(outcome.status));
  fields.raw("durationMs", fmt::format("{:.1f}", static_cast<double>(outcome.tookNs) / 1e6));
  if (!outcome.deployment.empty()) {
    fields.text("deployment", outcome.deployment);
  } else if (space.deployment) {
    fields.text("deployment", space.deployment->id);
  }
  fields.text("client", addressClass(outcome.ip));
  if (!outcome.reasonClass.empty()) {
    fields.text("address", outcome.ip);
    fields.text("reason", outcome.reasonClass);
    fields.text("expected", space::redacted(space, outcome.expected));
    fields.text("found", space::redacted(space, outcome.found));
  } else if (!outcome.reason.empty()) {
    fields.text("error", space::redacted(space, outcome.reason));
  }
  if (outcome.timeline) fields.raw("timeline", timelineJson(space, *outcome.timeline, outcome.timeline->startNs + outcome.tookNs));
  return fields.take();
}

}  // namespace

std::string maskedTarget(std::string_view whole) {
  const auto target = whole.substr(0, kTargetBytesMax);
  const auto question = target.find('?');
  if (question == std::string_view::npos) return std::string(target);
  std::string out(target.substr(0, question));
  char separator = '?';
  for (const auto& pair : http::splitQuery(target.substr(question + 1))) {
    out += std::exchange(separator, '&');
    const auto equals = pair.raw.find('=');
    if (equals != std::string_view::npos && isSecretName(pair.name)) {
      out.append(pair.raw.substr(0, equals + 1)).append(kMask);
    } else {
      out += pair.raw;
    }
  }
  return out;
}

std::string_view addressClass(std::string_view ip) {
  static const auto ranges = [](std::initializer_list<std::string_view> texts) {
    std::vector<space::AddressRange> out;
    for (const auto text : texts) out.push_back(*space::AddressRange::parse(text));
    return out;
  };
  static const auto loopback = ranges({"127.0.0.0/8", "::1"});
  static const auto local = ranges({"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"});
  const auto in = [ip](const auto& list) { return std::ranges::any_of(list, [ip](const auto& range) { return range.contains(ip); }); };
  if (ip.empty()) return {};
  return in(loopback) ? "loopback" : in(local) ? "private" : "public";
}

SpaceLog::PerSpace& SpaceLog::of(const space::Space& space) {
  const auto found = spaces_.find(space.id);
  if (found != spaces_.end()) return found->second;
  const auto series = [&](int i) {
    return metrics_.counter("redd_requests_total", fmt::format(R"(space="{}",status="{}xx")", labelValue(space.label()), i));
  };
  return spaces_.emplace(space.id, PerSpace{{series(0), series(1), series(2), series(3), series(4), series(5)}, 0, 0}).first->second;
}

void SpaceLog::request(const space::Space& space, const RequestOutcome& outcome) {
  const bool refused = !outcome.reasonClass.empty();
  const bool ran = outcome.timeline && outcome.timeline->trace;
  const std::int64_t nowNs = monotonicNs();
  using Kind = RequestEnd::Kind;
  activity_.record(space.id, {refused ? Kind::refused : ran ? Kind::served : Kind::aside, outcome.status, outcome.tookNs}, nowNs);
  PerSpace& mine = of(space);
  mine.byClass[std::clamp(outcome.status / 100, 0, 5)].add();
  if (refused) {
    metrics_.counter("redd_refusals_total", fmt::format(R"(space="{}",reason="{}")", labelValue(space.label()), labelValue(outcome.reasonClass))).add();
  }
  if (outcome.reason.empty()) {
    const std::int64_t second = nowNs / 1'000'000'000;
    if (second != mine.second) {
      mine.second = second;
      mine.plainLines = 0;
    }
    if (++mine.plainLines > kPlainLinesPerSecond) return;
  }
  store::LogLine line;
  line.level = outcome.status >= 500 ? "error" : outcome.reason.empty() ? "info" : "warn";
  line.context = "request";
  line.requestId = std::string(outcome.requestId);
  const std::string target = space::redacted(space, maskedTarget(outcome.target));
  line.text = fmt::format("{} {} {} {:.1f} ms from {}", outcome.status, outcome.method, target, static_cast<double>(outcome.tookNs) / 1e6, outcome.ip);
  if (!outcome.deployment.empty()) line.text.append(", deployment ").append(outcome.deployment);
  if (!outcome.reason.empty()) line.text.append(": ").append(space::redacted(space, outcome.reason));
  line.fields = fieldsOf(space, outcome, target);
  line.refusal = outcome.reasonClass;
  book_.append(space.id, std::move(line));
}

}  // namespace redd::gateway
