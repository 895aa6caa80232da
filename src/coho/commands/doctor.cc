#include <fmt/format.h>

#include <algorithm>

#include "auth_commands.h"
#include "base/clock.h"
#include "bundler.h"
#include "project_config.h"
#include "text.h"

namespace redd::coho {
namespace {

enum class State { good, warning, wrong };

struct Finding {
  std::string area, name;
  State state = State::good;
  std::string text, fix{};
};

constexpr std::int64_t kClockWarningMs = 30'000;
constexpr std::int64_t kDayMs = 24 * 3'600'000;
constexpr std::int64_t kDiskWarningBytes = std::int64_t{1} << 30;
constexpr std::int64_t kDiskWrongBytes = std::int64_t{100} << 20;
constexpr std::uint32_t kServerMs = 10'000;

// What was found, in order. An error's own "Fix: …" becomes the finding's.
class Report {
 public:
  void good(std::string area, std::string name, std::string text) { all_.push_back({std::move(area), std::move(name), State::good, std::move(text)}); }
  void warn(std::string area, std::string name, std::string text, std::string fix) {
    all_.push_back({std::move(area), std::move(name), State::warning, std::move(text), std::move(fix)});
  }
  void wrong(std::string area, std::string name, std::string text, std::string fix) {
    all_.push_back({std::move(area), std::move(name), State::wrong, std::move(text), std::move(fix)});
  }
  void wrong(std::string area, std::string name, const Error& error) {
    std::string text(error.text());
    const auto at = text.find("Fix: ");
    auto fix = at == std::string::npos ? std::string() : text.substr(at + 5);
    if (at != std::string::npos) text.erase(at);
    while (text.ends_with(' ') || text.ends_with('\n')) text.pop_back();
    wrong(std::move(area), std::move(name), std::move(text), std::move(fix));
  }
  const std::vector<Finding>& all() const { return all_; }
  bool isWell() const {
    return std::ranges::none_of(all_, [](const Finding& one) { return one.state == State::wrong; });
  }

 private:
  std::vector<Finding> all_;
};

// ---- the project ----

void lookAtCode(const Context& context, Report& report) {
  const auto folder = context.appFolder();
  const auto entry = findEntry(folder, {});
  if (!entry) return report.wrong("project", "entry file", entry.error());
  report.good("project", "entry file", *entry);
  const auto tools = findBundleTools(context.environment);
  if (!tools) return report.wrong("project", "bundler", tools.error());
  const auto bundle = makeBundle(folder, *entry, *tools, context.environment);
  if (!bundle) return report.wrong("project", "code", bundle.error());
  report.good("project", "code", fmt::format("{}, bundles to {}", bundle->language, sizeText(bundle->script.size())));
  if (!bundle->warnings.empty()) report.warn("project", "code", fmt::format("the bundler has {} warnings", bundle->warnings.size()), "coho compile");
}

void lookAtProject(const Context& context, Report& report) {
  const auto config = readProjectConfig(context.appFolder());
  if (!config) {
    report.wrong("project", "config.json", config.error());
  } else if (*config) {
    report.good("project", "config.json", fmt::format("{}, space {}", (*config)->project, (*config)->space));
  } else if (context.options.project.empty()) {
    report.warn("project", "config.json", "this folder belongs to no project", "coho init, or coho init --project PROJECT for one that exists");
  }
  if (!config || !*config) return;
  lookAtCode(context, report);
}

// ---- the login and the server ----

void lookAtClock(const Json& server, std::int64_t sentMs, Report& report) {
  const auto difference = numberOf(server, "timeMs") - (sentMs + nowMs()) / 2;
  if (!memberOf(server, "timeMs").is_number()) return;
  const auto text = fmt::format("differs from the server's by {:.1f} s", static_cast<double>(difference < 0 ? -difference : difference) / 1e3);
  if (difference > kClockWarningMs || difference < -kClockWarningMs) {
    return report.warn("login", "clock", text, "set both clocks by network time: timedatectl set-ntp true");
  }
  report.good("login", "clock", text);
}

void lookAtDisk(const Json& server, Report& report) {
  if (!memberOf(server, "diskFreeBytes").is_number()) return;
  const auto free = numberOf(server, "diskFreeBytes");
  const auto text = fmt::format("{} free in {}", sizeText(static_cast<std::size_t>(free)), textOf(server, "dataDir"));
  const std::string fix = "make room on the server's disk, or move the data directory to a larger one";
  if (free < kDiskWrongBytes) return report.wrong("server", "disk", text, fix);
  if (free < kDiskWarningBytes) return report.warn("server", "disk", text, fix);
  report.good("server", "disk", text);
}

void lookAtServer(const Json& server, Report& report) {
  const auto version = textOf(server, "version");
  if (version == REDD_VERSION) {
    report.good("server", "version", version);
  } else {
    report.warn("server", "version", fmt::format("{}, and this coho is {}", version, REDD_VERSION), "install the same version of both");
  }
  if (!textOf(server, "isolation").empty()) report.good("server", "isolation", textOf(server, "isolation"));
  lookAtDisk(server, report);
}

// Who is logged in where. False: there is no use in asking the server more.
bool lookAtLogin(const Client& client, Report& report) {
  const auto& login = client.login();
  const auto sentMs = nowMs();
  const auto me = client.call({.path = "/me", .totalMs = kServerMs});
  if (!me && (me.error().code == ErrorCode::unauthorized || me.error().code == ErrorCode::forbidden)) {
    report.good("login", "server", login.url + " answers");
    report.wrong("login", "token", fmt::format("refused (from {}): unknown, expired or revoked", login.origin), fmt::format("coho login {}", login.url));
    return false;
  }
  if (!me) {
    report.wrong("login", "server", me.error());
    return false;
  }
  report.good("login", "server", login.url);
  const auto who = textOf(*me, "name").empty() ? textOf(*me, "id") : textOf(*me, "name");
  report.good("login", "token", fmt::format("{}, {} (from {})", who, textOf(*me, "role"), login.origin));
  const auto server = client.call({.path = "/server", .totalMs = kServerMs});
  if (!server) {
    report.wrong("server", "information", server.error());
    return true;
  }
  lookAtClock(*server, sentMs, report);
  lookAtServer(*server, report);
  return true;
}

// ---- the space ----

void lookAtKeySet(const Client& client, const Target& target, const Json& space, Report& report) {
  const auto status = client.call({.path = target.path("/auth/status?fetch=true"), .totalMs = kServerMs});
  if (!status) return report.wrong("space", "key set", status.error());
  if (textOf(*status, "url").empty()) {
    const auto tokens = memberOf(space, "tokens").size();
    return report.good("space", "key set", fmt::format("none; API tokens that open the space: {}", tokens));
  }
  const auto keys = memberOf(*status, "keys").size();
  const auto error = textOf(*status, "error");
  if (!error.empty()) return report.wrong("space", "key set", fmt::format("{}; {} keys from before", error, keys), "coho jwks URL");
  report.good("space", "key set", fmt::format("{} keys from {}", keys, textOf(*status, "url")));
}

std::size_t youngerThanADay(const Json& lines) {
  const auto since = nowMs() - kDayMs;
  return static_cast<std::size_t>(std::ranges::count_if(lines, [since](const Json& one) { return numberOf(one, "time") >= since; }));
}

void lookAtLog(const Client& client, const Target& target, Report& report) {
  const auto errors = client.call({.path = target.path("/logs?tail=100&level=error"), .totalMs = kServerMs});
  if (!errors) return report.wrong("space", "log", errors.error());
  const auto lines = memberOf(*errors, "lines");
  if (const auto count = youngerThanADay(lines); count > 0) {
    report.warn("space", "errors", fmt::format("{}{} in the last day; the last: {}", count, count == 100 ? " or more" : "",
                                               cut(inertLine(textOf(lines.back(), "text")), 100)),
                "coho log --level error");
  } else {
    report.good("space", "errors", "none in the last day");
  }
  const auto refusals = client.call({.path = target.path("/auth/refusals?tail=1000"), .totalMs = kServerMs});
  if (!refusals) return report.wrong("space", "refusals", refusals.error());
  const auto count = youngerThanADay(memberOf(*refusals, "refusals"));
  if (count == 0) return report.good("space", "refusals", "none in the last day");
  report.warn("space", "refusals", fmt::format("{} requests were refused in the last day", grouped(count)), "coho auth refusals");
}

void lookAtSpace(const Context& context, const Client& client, Report& report) {
  const auto target = context.target();
  if (!target) return;  // told with the project
  const auto space = context.call(client, *target, {.path = target->path(), .totalMs = kServerMs});
  if (!space) return report.wrong("space", target->space, space.error());
  report.good("space", "name", target->project + ", " + target->space);
  const auto deployment = memberOf(*space, "deployment");
  if (deployment.is_object()) {
    report.good("space", "deployment", fmt::format("{}, routes: {}", isoTime(numberOf(deployment, "createdMs")), textsOf(deployment, "routes").size()));
  } else {
    report.warn("space", "deployment", "no code is deployed", "coho deploy");
  }
  lookAtKeySet(client, *target, *space, report);
  lookAtLog(client, *target, report);
}

// ---- what is told ----

std::string_view stateName(State state) { return state == State::good ? "ok" : state == State::warning ? "warning" : "wrong"; }

void printReport(const Context& context, const Report& report) {
  const auto& terminal = context.terminal;
  std::string area;
  for (const auto& one : report.all()) {
    if (one.area != area) context.terminal.out((area.empty() ? "" : "\n") + terminal.paint(Colour::bold, one.area));
    area = one.area;
    const auto mark = one.state == State::good      ? terminal.paint(Colour::green, "✓")
                      : one.state == State::warning ? terminal.paint(Colour::yellow, "!")
                                                    : terminal.paint(Colour::red, "✗");
    context.terminal.out(fmt::format("  {} {:<12} {}", mark, inertLine(one.name), inertExcerpt(one.text, 12)));
    if (!one.fix.empty()) context.terminal.out(fmt::format("    {:<12} {}", "Fix:", inert(one.fix)));
  }
}

Json reportJson(const Report& report) {
  auto checks = Json::array();
  for (const auto& one : report.all()) {
    checks.push_back({{"area", one.area}, {"name", one.name}, {"state", stateName(one.state)}, {"text", one.text}, {"fix", one.fix}});
  }
  return {{"ok", report.isWell()}, {"checks", std::move(checks)}};
}

}  // namespace

Result<void> doctor(const Context& context) {
  Report report;
  lookAtProject(context, report);
  const auto client = context.connect();
  if (!client) {
    report.wrong("login", "token", client.error());
  } else if (lookAtLogin(*client, report)) {
    lookAtSpace(context, *client, report);
  }
  if (context.wantsJson()) {
    context.result(reportJson(report));
  } else {
    printReport(context, report);
  }
  if (report.isWell()) return {};
  return alreadyTold();
}

}  // namespace redd::coho
