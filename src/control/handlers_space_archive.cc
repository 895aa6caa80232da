// A space as one archive, out of this server and into it; and a space as it was.
#include <fmt/format.h>

#include "answers.h"
#include "backup/moment.h"
#include "backup/scratch.h"
#include "backup/space_archive.h"
#include "backups.h"
#include "crypto/base64url.h"
#include "data_access.h"
#include "disk_stream.h"
#include "json_writer.h"
#include "long_work.h"

namespace redd::control {
namespace {

using backup::ScratchFolder;
using Scratch = std::shared_ptr<ScratchFolder>;
constexpr std::string_view kPassphraseHeader = "x-redd-passphrase";
constexpr std::uint64_t kArchiveBytesMax = std::uint64_t{64} << 30;

Task<Result<Scratch>> makeScratch(Services& services) {
  co_return co_await services.backups->pieces.run<Scratch>([&services]() -> Result<Scratch> {
    REDD_TRY(auto made, ScratchFolder::in(services.backups->dataDir()));
    return std::make_shared<ScratchFolder>(std::move(made));
  });
}

// In a header, since the body is the archive and addresses end up in logs: base64url, for header values are ASCII.
Result<std::string> passphraseOf(const http::Exchange& exchange) {
  const auto given = exchange.head().headers.find(kPassphraseHeader);
  if (!given) return std::string();
  auto out = crypto::base64urlDecode(*given);
  if (!out) return invalid(fmt::format("The header {} is not base64url.", kPassphraseHeader));
  return *std::move(out);
}

Result<space::Existing> existingOf(const Call& call) {
  const auto text = call.arguments.text("existing");
  if (text.empty() || text == "refuse") return space::Existing::refuse;
  if (text == "replace") return space::Existing::replace;
  return invalid("'existing' must be refuse or replace.");
}

struct Into {
  std::string project, name;
  space::Existing existing = space::Existing::refuse;
};

// Whether it can be taken in at all: known before an archive has been sent.
Result<Into> intoOf(const Call& call) {
  Into into{call.arguments.text("project"), call.arguments.text("space")};
  REDD_TRY(into.existing, existingOf(call));
  const auto snapshot = call.services.catalogue.snapshot();
  const auto project = snapshot->projects.find(into.project);
  if (project == snapshot->projects.end()) return notFound("Unknown project");
  if (into.existing == space::Existing::refuse && project->second->spaces.contains(into.name)) {
    return Error::make(ErrorCode::alreadyExists, fmt::format("The project has a space '{}' already. Fix: another name, or existing=replace.", into.name));
  }
  return into;
}

Result<std::string> take(Services& services, backup::StagedSpace staged, const Into& into) {
  const auto leftOut = staged.leftOut;
  REDD_TRY(const auto adopted, backup::adopt(services.catalogue, services.backups->dataDir(), std::move(staged), into.project, into.name, into.existing));
  const auto& space = *adopted.space;
  JsonObject left;
  left.texts("env", leftOut.env).raw("tokens", std::to_string(leftOut.tokens));
  return JsonObject()
      .text("project", space.project)
      .text("space", space.name)
      .text("id", space.id)
      .text("replacedId", adopted.replacedId)
      .flag("deployed", space.deployment != nullptr)
      .texts("domains", space.settings.domains)
      .raw("leftOut", left.end())
      .end();
}

Task<Result<void>> sendSpace(Call& call, http::Exchange& exchange) {
  auto& services = call.services;
  REDD_CO_TRY(const auto space, call.space());
  REDD_CO_TRY(const auto scratch, co_await makeScratch(services));
  const auto file = scratch->path() / "space.tar";
  const backup::ExportSpace wish{services.backups->dataDir(), space, file, services.backups->version(), call.arguments.takeText("passphrase")};
  auto job = [wish, scratch](backup::Progress& progress) -> Result<std::string> {
    REDD_TRY_VOID(backup::exportSpace(wish, progress));
    return std::string();
  };
  REDD_CO_TRY_VOID(co_await runLong(services, services.backups->work, std::move(job), exchange));
  co_return co_await sendDiskFile(services, file, fmt::format("{}-{}.tar", space->project, space->name), exchange);
}

struct Received {
  Into into;
  std::string passphrase;
  Scratch scratch;
};
Task<Result<Received>> receiveSpace(Call& call, http::Exchange& exchange) {
  Received out;
  REDD_CO_TRY(out.into, intoOf(call));
  REDD_CO_TRY(out.passphrase, passphraseOf(exchange));
  REDD_CO_TRY(out.scratch, co_await makeScratch(call.services));
  REDD_CO_TRY_VOID(co_await receiveDiskFile(call.services, out.scratch->path() / "upload.tar", kArchiveBytesMax, exchange));
  co_return out;
}

// The space of a backup, or of a moment, and where it goes: in its own place, or beside it under another name.
struct AsItWas {
  Into into;
  std::optional<backup::FromBackup> fromBackup;
  std::optional<backup::FromMoment> fromMoment;
  Scratch scratch;

  Result<backup::StagedSpace> stage(backup::Progress& progress) const {
    if (fromBackup) return backup::stageSpace(*fromBackup, scratch->path(), progress);
    return backup::stageSpace(*fromMoment, scratch->path());
  }
};
Task<Result<AsItWas>> findThen(Call& call) {
  auto& backups = *call.services.backups;
  AsItWas out;
  const auto name = call.arguments.text("space");
  const auto other = call.arguments.text("as");
  if (!other.empty() && !call.caller.spaceId.empty()) {
    co_return Error::make(ErrorCode::forbidden, "Another space concerns the whole project, and this token reaches one space.");
  }
  out.into = {call.arguments.text("project"), other.empty() ? name : other, other.empty() ? space::Existing::replace : space::Existing::refuse};
  if (call.arguments.has("backup") == call.arguments.has("at")) co_return invalid("Give 'backup', the name of one, or 'at', a time: one of the two.");
  if (call.arguments.has("backup")) {
    REDD_CO_TRY(const auto archive, backups.pathOf(call.arguments.text("backup")));
    out.fromBackup = backup::FromBackup{archive, backups.keyFile(), out.into.project, name};
  } else {
    REDD_CO_TRY(const auto space, call.space());
    REDD_CO_TRY(const auto at, backup::momentFrom(call.arguments.text("at")));
    out.fromMoment = backup::FromMoment{backups.dataDir(), space, at};
  }
  REDD_CO_TRY(out.scratch, co_await makeScratch(call.services));
  co_return out;
}

}  // namespace

Task<void> exportSpace(Call call, http::Exchange& exchange) {
  auto sent = co_await sendSpace(call, exchange);
  co_await endStream("space.export", std::move(sent), exchange);
}

Task<void> importSpace(Call call, http::Exchange& exchange) {
  auto& services = call.services;
  auto received = co_await receiveSpace(call, exchange);
  if (!received) {
    co_await endStream("space.import", received.error(), exchange);
    co_return;
  }
  auto job = [&services, received = *std::move(received)](backup::Progress& progress) -> Result<std::string> {
    const auto& scratch = received.scratch->path();
    REDD_TRY(auto staged, backup::stageSpace(scratch / "upload.tar", received.passphrase, scratch, progress));
    return take(services, std::move(staged), received.into);
  };
  co_await answerLong("space.import", services, services.backups->work, std::move(job), exchange);
}

Task<void> rewindSpace(Call call, http::Exchange& exchange) {
  auto& services = call.services;
  auto wish = co_await findThen(call);
  if (!wish) {
    co_await endStream("space.rewind", wish.error(), exchange);
    co_return;
  }
  auto job = [&services, wish = *std::move(wish)](backup::Progress& progress) -> Result<std::string> {
    REDD_TRY(auto staged, wish.stage(progress));
    return take(services, std::move(staged), wish.into);
  };
  co_await answerLong("space.rewind", services, services.backups->work, std::move(job), exchange);
}

Task<Result<Answer>> listMoments(Call call) {
  auto& backups = *call.services.backups;
  REDD_CO_TRY(const auto space, call.space());
  using Spans = std::vector<store::MomentSpan>;
  REDD_CO_TRY(const auto spans, co_await backups.pieces.run<Spans>([&backups, space] { return backup::momentsOf(backups.dataDir(), *space); }));
  co_return Answer{JsonObject().raw("moments", jsonList(spans, [](const store::MomentSpan& span) {
    return JsonObject().raw("fromMs", std::to_string(span.from)).raw("toMs", std::to_string(span.to)).end();
  })).end()};
}

}  // namespace redd::control
