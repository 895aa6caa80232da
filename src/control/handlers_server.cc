#include <filesystem>

#include "account_views.h"
#include "handlers.h"
#include "json_writer.h"
#include "openapi.h"
#include "page.h"

namespace redd::control {
namespace {

Result<std::filesystem::space_info> diskOf(const std::filesystem::path& dir) {
  std::error_code failed;
  const auto disk = std::filesystem::space(dir, failed);
  if (failed) return Error::hidden(ErrorCode::internal, failed.message());
  return disk;
}

}  // namespace

Task<Result<Answer>> frontPage(Call) { co_return Answer{std::string(kFrontPage), 200, "text/html; charset=utf-8"}; }

Task<Result<Answer>> health(Call) { co_return Answer{R"({"status":"ok"})"}; }

Task<Result<Answer>> openApi(Call call) { co_return Answer{openApiJson(call.services.options.version)}; }

Task<Result<Answer>> serverInfo(Call call) {
  const auto& services = call.services;
  const bool isOwner = call.caller.standing == account::Standing::serverOwner;  // how the machine is laid out is no member's affair
  const auto uptimeMs = (monotonicNs() - services.startedNs) / 1'000'000;
  const auto disk = co_await call.services.lane.run<std::filesystem::space_info>([dir = services.options.dataDir] { return diskOf(dir); });
  co_return Answer{JsonObject()
                       .text("version", services.options.version)
                       .text("node", services.options.node)
                       .text("sqlite", services.options.sqlite)
                       .text("dataDir", isOwner ? services.options.dataDir.string() : std::string())
                       .number("projects", static_cast<double>(services.catalogue.snapshot()->projects.size()))
                       .number("uptimeMs", static_cast<double>(uptimeMs))
                       .text("isolation", services.options.isolation)
                       .number("timeMs", static_cast<double>(nowMs()))
                       .raw("diskFreeBytes", disk ? std::to_string(disk->available) : "null")
                       .raw("diskBytes", disk ? std::to_string(disk->capacity) : "null")
                       .end()};
}

Task<Result<Answer>> rotateSecrets(Call call) {
  auto& services = call.services;
  REDD_CO_TRY(const auto done, co_await services.lane.run<space::Resealed>([&services] { return services.catalogue.rotateSecretKey(); }));
  co_return Answer{JsonObject()
                       .flag("ok", true)
                       .number("variables", static_cast<double>(done.variables))
                       .number("tokens", static_cast<double>(done.tokens))
                       .end()};
}

Task<Result<Answer>> me(Call call) {
  const auto& caller = call.caller;
  const auto directory = call.services.accounts.directory();
  const bool isOwner = caller.standing == account::Standing::serverOwner;
  JsonObject out;
  out.text("id", caller.userId).text("name", caller.name).text("email", caller.email).text("role", isOwner ? "owner" : "member");
  if (const auto* user = directory->user(caller.userId)) {
    out.flag("termsAccepted", user->terms == account::Terms::accepted).flag("hasPassword", user->password == account::Password::set);
    out.text("defaultTeamId", user->defaultTeamId);
  } else {
    out.text("teamId", caller.teamId);
  }
  const auto token = directory->tokens.find(caller.tokenId);
  if (token != directory->tokens.end()) out.raw("token", accountTokenJson(call.services, *token->second));
  co_return Answer{out.end()};
}

Task<Result<Answer>> metricsText(Call call) {
  co_return Answer{call.services.metrics.text(), 200, "text/plain; version=0.0.4; charset=utf-8"};
}

}  // namespace redd::control
