// Backups of the server: made, listed, checked, fetched, removed.
#include <fmt/format.h>

#include "answers.h"
#include "backups.h"
#include "data_access.h"
#include "disk_stream.h"
#include "json_writer.h"
#include "long_work.h"

namespace redd::control {
namespace {

JsonObject begun(const BackupFile& file) {
  JsonObject out;
  out.text("name", file.name).raw("bytes", std::to_string(file.bytes)).raw("createdMs", std::to_string(file.description.createdMs));
  out.text("version", file.description.version);
  return out;
}

std::string madeJson(const MadeBackup& made) {
  auto backup = begun(made.file);
  backup.text("sha256", made.sha256);
  if (!made.s3Problem.empty()) backup.text("s3Problem", made.s3Problem);
  return JsonObject().raw("backup", backup.end()).end();
}

}  // namespace

Task<Result<Answer>> listBackups(Call call) {
  auto& backups = *call.services.backups;
  using Files = std::vector<BackupFile>;
  REDD_CO_TRY(const auto files, co_await backups.pieces.run<Files>([&backups] { return backups.list(); }));
  using Objects = std::vector<backup::S3Object>;
  const auto objects = co_await backups.pieces.run<Objects>([&backups] { return backups.listS3(); });
  const auto last = backups.last();
  JsonObject out;
  out.text("folder", backups.options().folder.string()).raw("everyMs", std::to_string(backups.options().everyMs));
  out.raw("keep", std::to_string(backups.options().keep)).text("s3", backups.options().s3 ? backups.options().s3->url : "");
  out.raw("lastMs", std::to_string(last.at)).text("lastProblem", last.problem);
  out.raw("backups", jsonList(files, [](const BackupFile& file) { return begun(file).end(); }));
  out.raw("s3Keep", std::to_string(backups.options().s3Keep)).text("s3Problem", objects ? std::string_view() : objects.error().text());
  out.raw("s3Backups", jsonList(objects ? *objects : Objects(), [](const backup::S3Object& object) {
            return JsonObject().text("name", object.name).raw("bytes", std::to_string(object.bytes)).end();
          }));
  co_return Answer{out.end()};
}

Task<void> createBackup(Call call, http::Exchange& exchange) {
  auto& backups = *call.services.backups;
  auto job = [&backups, passphrase = call.arguments.takeText("passphrase")](backup::Progress& progress) -> Result<std::string> {
    REDD_TRY(const auto made, backups.create(passphrase, progress));
    return madeJson(made);
  };
  co_await answerLong("backup.create", call.services, backups.work, std::move(job), exchange);
}

Task<void> verifyBackup(Call call, http::Exchange& exchange) {
  auto& backups = *call.services.backups;
  auto job = [&backups, name = call.arguments.text("backup")](backup::Progress& progress) -> Result<std::string> {
    REDD_TRY(const auto description, backups.verify(name, progress));
    return JsonObject().flag("ok", true).text("name", name).raw("createdMs", std::to_string(description.createdMs)).end();
  };
  co_await answerLong("backup.verify", call.services, backups.work, std::move(job), exchange);
}

Task<void> downloadBackup(Call call, http::Exchange& exchange) {
  const auto name = call.arguments.text("backup");
  const auto path = call.services.backups->pathOf(name);
  auto sent = path ? co_await sendDiskFile(call.services, *path, name, exchange) : Result<void>(path.error());
  co_await endStream("backup.download", std::move(sent), exchange);
}

Task<Result<Answer>> removeBackup(Call call) {
  auto& backups = *call.services.backups;
  const auto name = call.arguments.text("backup");
  REDD_CO_TRY_VOID(co_await backups.pieces.run<void>([&backups, name] { return backups.remove(name); }));
  co_return Answer{JsonObject().text("name", name).flag("deleted", true).end()};
}

}  // namespace redd::control
