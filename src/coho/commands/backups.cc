#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "archive_commands.h"
#include "base/clock.h"
#include "byte_stream.h"
#include "long_work.h"
#include "text.h"

namespace redd::coho {
namespace fs = std::filesystem;
namespace {

std::size_t sizeOf(const Json& json) { return static_cast<std::size_t>(std::max<std::int64_t>(0, numberOf(json, "bytes"))); }

Result<fs::path> fetch(const Context& context, const Client& client, const std::string& name, const std::string& to) {
  auto target = context.folder / (to.empty() ? "." : to);
  std::error_code ignored;
  if (to.ends_with('/') || fs::is_directory(target, ignored)) target /= name;
  fs::create_directories(target.parent_path(), ignored);
  REDD_TRY(auto output, OutputFile::open(target));
  std::uint64_t bytes = 0;
  Result<void> written;
  const auto downloaded = client.download({.path = "/backups/" + segment(name), .totalMs = 0}, [&](std::string_view piece) {
    bytes += piece.size();
    written = output.write(piece);
    context.terminal.progress(fmt::format("fetching {}  {}", inertLine(name), sizeText(bytes)));
    return written.has_value();
  });
  context.terminal.clearProgress();
  REDD_TRY_VOID(downloaded);
  REDD_TRY_VOID(written);
  REDD_TRY_VOID(output.commit());
  fs::permissions(target, fs::perms::owner_read | fs::perms::owner_write, ignored);
  return target.lexically_normal();
}

void showS3(const Context& context, const Json& answer) {
  const auto url = textOf(answer, "s3");
  if (url.empty()) return;
  const auto objects = memberOf(answer, "s3Backups");
  if (objects.is_array() && !objects.empty()) {
    Table table({"SIZE", "IN THE S3 STORE"});
    for (const auto& one : objects) table.add({sizeText(sizeOf(one)), textOf(one, "name")});
    print(context.terminal, table);
  }
  const auto keep = numberOf(answer, "s3Keep");
  context.terminal.note(fmt::format("In {}; {}", inertLine(url), keep > 0 ? fmt::format("the newest {} are kept", keep) : "all are kept (redd serve --backup-s3-keep)"));
  if (const auto problem = textOf(answer, "s3Problem"); !problem.empty()) {
    context.terminal.note(context.terminal.paintNote(Colour::red, fmt::format("What is there cannot be listed: {}", inertLine(problem))));
  }
}

}  // namespace

Result<void> makeBackup(const Context& context, const BackupArguments& arguments) {
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto passphrase, passphraseFrom(context, arguments.passphraseFile));
  Json body = Json::object();
  if (!passphrase.empty()) body["passphrase"] = passphrase;
  REDD_TRY(const auto answer, followWork(context, client, {.method = "POST", .path = "/backups", .body = std::move(body)}, "backing up"));
  auto backup = memberOf(answer, "backup");
  const auto name = textOf(backup, "name");
  if (!arguments.to.empty()) {
    REDD_TRY(const auto file, fetch(context, client, name, arguments.to));
    backup["file"] = file.string();
  }
  const auto problem = textOf(backup, "s3Problem");
  if (context.wantsJson()) {
    context.result({{"backup", backup}});
  } else {
    context.terminal.out(fmt::format("{} {} ({})", context.terminal.paint(Colour::green, "Backed up the server to"), inertLine(name), sizeText(sizeOf(backup))));
    if (!arguments.to.empty()) context.terminal.out(fmt::format("Fetched to {}", inertLine(textOf(backup, "file"))));
    if (passphrase.empty()) context.terminal.note("secret.key is not in it: keep a copy of it elsewhere, without it secrets cannot be read");
  }
  if (!problem.empty()) return Error::make(ErrorCode::unavailable, fmt::format("the backup is made, and could not be sent to the S3 store: {}", problem));
  return {};
}

Result<void> listBackups(const Context& context) {
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto answer, client.call({.path = "/backups"}));
  if (context.wantsJson()) {
    context.result(answer);
    return {};
  }
  const auto backups = memberOf(answer, "backups");
  if (!backups.is_array() || backups.empty()) {
    context.terminal.out("There are no backups. Make one: coho backup");
  } else {
    Table table({"MADE", "SIZE", "BY", "NAME"});
    for (const auto& one : backups) table.add({isoTime(numberOf(one, "createdMs")), sizeText(sizeOf(one)), "redd " + textOf(one, "version"), textOf(one, "name")});
    print(context.terminal, table);
  }
  showS3(context, answer);
  const auto everyMinutes = numberOf(answer, "everyMs") / 60'000;
  context.terminal.note(fmt::format("In {}; {}; the newest {} are kept", inertLine(textOf(answer, "folder")),
                                    everyMinutes > 0 ? fmt::format("one every {} minutes", everyMinutes) : "none by schedule (redd serve --backup-every)",
                                    numberOf(answer, "keep")));
  if (const auto problem = textOf(answer, "lastProblem"); !problem.empty()) {
    context.terminal.note(context.terminal.paintNote(Colour::red, fmt::format("The last one failed: {}", inertLine(problem))));
  }
  return {};
}

Result<void> verifyBackup(const Context& context, const BackupArguments& arguments) {
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto answer, followWork(context, client, {.method = "POST", .path = "/backups/" + segment(arguments.name) + "/verify"}, "checking"));
  if (context.wantsJson()) {
    context.result(answer);
  } else {
    context.terminal.out(fmt::format("{} {}, made {}", context.terminal.paint(Colour::green, "Every byte is good:"), inertLine(arguments.name),
                                     isoTime(numberOf(answer, "createdMs"))));
  }
  return {};
}

Result<void> getBackup(const Context& context, const BackupArguments& arguments) {
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto file, fetch(context, client, arguments.name, arguments.to));
  if (context.wantsJson()) {
    context.result({{"name", arguments.name}, {"file", file.string()}});
  } else {
    context.terminal.out(fmt::format("Fetched to {}", inertLine(file.string())));
  }
  return {};
}

Result<void> removeBackup(const Context& context, const BackupArguments& arguments) {
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto answer, client.call({.method = "DELETE", .path = "/backups/" + segment(arguments.name)}));
  if (context.wantsJson()) {
    context.result(answer);
  } else {
    context.terminal.out(fmt::format("Removed {}", inertLine(arguments.name)));
  }
  return {};
}

}  // namespace redd::coho
