#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

#include "archive_commands.h"
#include "base/clock.h"
#include "byte_stream.h"
#include "crypto/base64url.h"
#include "http/upload.h"
#include "long_work.h"
#include "text.h"

namespace redd::coho {
namespace fs = std::filesystem;
namespace {

constexpr std::uint32_t kConnectMs = 5'000;

// The secrets of a space by name, as `space.get` shows them: for saying what an archive lacks.
Json secretsOf(const Json& space) {
  Json out{{"env", Json::array()}, {"tokens", 0}};
  const auto env = memberOf(space, "env");
  if (env.is_array()) {
    for (const auto& one : env) {
      if (flagOf(one, "encrypted")) out["env"].push_back(textOf(one, "name"));
    }
  }
  const auto tokens = memberOf(space, "tokens");
  if (tokens.is_array()) out["tokens"] = tokens.size();
  return out;
}

std::string leftOutText(const Json& leftOut) {
  std::vector<std::string> names;
  const auto env = memberOf(leftOut, "env");
  if (env.is_array()) {
    for (const auto& one : env) names.push_back(inertLine(one.is_string() ? one.get<std::string>() : std::string()));
  }
  const auto tokens = numberOf(leftOut, "tokens");
  if (names.empty() && tokens == 0) return {};
  return fmt::format("{}{}{}", fmt::join(names, ", "), names.empty() || tokens == 0 ? "" : " and ", tokens == 0 ? "" : fmt::format("{} API token{}", tokens, tokens == 1 ? "" : "s"));
}

void tellAdopted(const Context& context, const Json& answer, std::string_view verb) {
  if (context.wantsJson()) {
    context.result(answer);
    return;
  }
  context.terminal.out(fmt::format("Project: {}  Space: {}", inertLine(textOf(answer, "project")), inertLine(textOf(answer, "space"))));
  context.terminal.out(context.terminal.paint(Colour::green, verb));
  if (const auto left = leftOutText(memberOf(answer, "leftOut")); !left.empty()) {
    context.terminal.note(context.terminal.paintNote(Colour::yellow, "Not in the archive, set them anew: ") + left);
  }
  if (const auto old = textOf(answer, "replacedId"); !old.empty()) {
    context.terminal.note(fmt::format("What it was before is in the trash: coho space restore {} --as NAME", inertLine(old)));
  }
}

}  // namespace

Result<void> exportSpace(const Context& context, const SpaceArchiveArguments& arguments) {
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto passphrase, passphraseFrom(context, arguments.passphraseFile));
  REDD_TRY(const auto space, context.call(client, target, {.path = target.path()}));
  auto path = context.folder / (arguments.file.empty() ? fmt::format("{}-{}.tar", target.project, target.space) : arguments.file);
  REDD_TRY(auto output, OutputFile::open(path));
  Json body = Json::object();
  if (!passphrase.empty()) body["passphrase"] = passphrase;
  std::uint64_t bytes = 0;
  Result<void> written;
  context.terminal.progress("gathering the space …");
  const auto downloaded = client.download({.method = "POST", .path = target.path("/export"), .body = std::move(body), .totalMs = 0}, [&](std::string_view piece) {
    bytes += piece.size();
    written = output.write(piece);
    context.terminal.progress(fmt::format("fetching the archive  {}", sizeText(bytes)));
    return written.has_value();
  });
  context.terminal.clearProgress();
  if (!downloaded) return context.explain(client, target, downloaded.error());
  REDD_TRY_VOID(written);
  REDD_TRY_VOID(output.commit());
  std::error_code ignored;
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write, ignored);
  const auto leftOut = passphrase.empty() ? secretsOf(space) : Json{{"env", Json::array()}, {"tokens", 0}};
  if (context.wantsJson()) {
    context.result({{"project", target.project}, {"space", target.space}, {"file", path.string()}, {"bytes", bytes}, {"leftOut", leftOut}});
    return {};
  }
  context.terminal.out(fmt::format("Exported {}/{} to {} ({})", inertLine(target.project), inertLine(target.space), inertLine(path.string()), sizeText(bytes)));
  if (const auto left = leftOutText(leftOut); !left.empty()) {
    context.terminal.note(context.terminal.paintNote(Colour::yellow, "Left out: ") + left + ". Take them along with --passphrase-file FILE");
  }
  return {};
}

Result<void> importSpace(const Context& context, const SpaceArchiveArguments& arguments) {
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto passphrase, passphraseFrom(context, arguments.passphraseFile));
  REDD_TRY(auto input, InputFile::open(context.folder / arguments.file));
  http::ClientRequest request;
  request.method = "POST";
  request.url = client.login().url + "/_/api/v1" + target.path(arguments.shallReplace ? "/import?existing=replace" : "/import");
  request.headers = {{"authorization", "Bearer " + client.login().token}, {"content-type", "application/x-tar"}};
  if (!passphrase.empty()) request.headers.emplace_back("x-redd-passphrase", crypto::base64urlEncode(passphrase));
  request.connectMs = kConnectMs;
  request.totalMs = 0;
  request.bodyBytesMax = 8 << 20;
  request.caFile = client.login().caFile;
  http::UploadBody body{input.bytesInAll(), [&]() -> Result<std::string_view> {
    context.terminal.progress(fmt::format("sending the archive  {} of {}", sizeText(input.bytesRead()), sizeText(input.bytesInAll())));
    return input.read();
  }};
  const auto response = http::upload(std::move(request), std::move(body));
  context.terminal.clearProgress();
  REDD_TRY_VOID(response);
  const auto answer = lastLine(response->body);
  if (!answer && answer.error().code == ErrorCode::alreadyExists) {
    return Error::make(ErrorCode::alreadyExists, fmt::format("{} has a space {} already. Fix: -s with another name, or --replace", target.project, target.space));
  }
  if (!answer) return context.explain(client, target, answer.error());
  tellAdopted(context, *answer, "Imported the space");
  return {};
}

Result<void> rewindSpace(const Context& context, const SpaceArchiveArguments& arguments) {
  if (arguments.backup.empty() == arguments.at.empty()) return invalid("name a backup with --backup NAME (coho backups lists them), or a time with --at: one of the two");
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto client, context.connect());
  Json body = Json::object();
  if (!arguments.backup.empty()) body["backup"] = arguments.backup;
  if (!arguments.at.empty()) body["at"] = arguments.at;
  if (!arguments.as.empty()) body["as"] = arguments.as;
  const auto answer = followWork(context, client, {.method = "POST", .path = target.path("/rewind"), .body = std::move(body)}, "restoring");
  if (!answer) return context.explain(client, target, answer.error());
  tellAdopted(context, *answer, "Restored the space");
  return {};
}

Result<void> listMoments(const Context& context) {
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto answer, context.call(client, target, {.path = target.path("/moments")}));
  if (context.wantsJson()) {
    context.result(answer);
    return {};
  }
  const auto moments = memberOf(answer, "moments");
  if (!moments.is_array() || moments.empty()) {
    context.terminal.out("No moments are kept. The operator turns them on: redd serve --pitr-hours 24");
    return {};
  }
  Table table({"FROM", "LAST CHANGE"});
  for (const auto& one : moments) table.add({isoTime(numberOf(one, "fromMs")), isoTime(numberOf(one, "toMs"))});
  print(context.terminal, table);
  return {};
}

}  // namespace redd::coho
