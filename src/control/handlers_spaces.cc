// The life of spaces after they were made: another name, the trash and back, copies.
#include <fmt/format.h>

#include "account_views.h"
#include "data_access.h"
#include "json_writer.h"
#include "source_reader.h"
#include "source_store.h"
#include "space_sweeper.h"
#include "views.h"

namespace redd::control {
namespace {

constexpr std::string_view kOk = R"({"ok":true})";
constexpr std::int64_t kDayMs = 86'400'000;

Answer show(const Call& call, const space::Space& space) {
  return Answer{spaceJson(*call.services.catalogue.snapshot(), space, call.services.hosts, call.client)};
}

// What cannot be undone asks for the name.
Result<void> checkConfirmed(const Call& call, std::string_view name) {
  if (call.arguments.text("confirm") == name) return {};
  return invalid(fmt::format("'confirm' must be the name of the space, {}.", name));
}

std::string trashedJson(const Services& services, const space::TrashedSpace& one) {
  return JsonObject()
      .text("id", one.id)
      .text("name", one.name)
      .number("removedMs", static_cast<double>(one.removedMs))
      .number("purgeMs", static_cast<double>(one.removedMs + services.options.trashDays * kDayMs))
      .end();
}

// Those that the caller might enter if they were served: restricted ones stay so in the trash.
Task<Result<std::vector<space::TrashedSpace>>> trashOf(const Call& call) {
  auto& services = call.services;
  REDD_CO_TRY(const auto project, projectOf(call));
  REDD_CO_TRY(auto out, co_await services.lane.run<std::vector<space::TrashedSpace>>(
                            [&services, project] { return services.catalogue.trash(project->uniqueName); }));
  const auto directory = services.accounts.directory();
  std::erase_if(out, [&](const space::TrashedSpace& one) {
    const bool isOpen = one.entry == space::Entry::project || directory->mayEnterRestricted(call.caller, project->teamId);
    return !isOpen || (!call.caller.spaceId.empty() && call.caller.spaceId != one.id);
  });
  co_return out;
}

Task<Result<space::TrashedSpace>> trashedSpace(const Call& call) {
  REDD_CO_TRY(const auto all, co_await trashOf(call));
  const auto found = std::ranges::find(all, call.arguments.text("id"), &space::TrashedSpace::id);
  if (found == all.end()) co_return notFound("There is no such space in the trash of the project.");
  co_return *found;
}

// Without the data: the source files alone, which the code reads.
Task<Result<void>> copySources(Services& services, space::SpacePtr from, std::string toId) {
  if (!from->deployment) co_return Result<void>{};
  REDD_CO_TRY(const auto source, co_await openStore(services.stores, from->id));
  REDD_CO_TRY(const auto target, co_await openStore(services.stores, toId));
  const auto scope = from->deployment->sourceScope();
  REDD_CO_TRY(const auto files, co_await listSources(source, scope));
  for (const auto& file : files) {
    REDD_CO_TRY(const auto content, co_await readSource(source, scope, file.path));
    const std::vector<SourceFile> one{{file.path, content}};
    REDD_CO_TRY_VOID(co_await storeSources(target, scope, one));
  }
  co_return Result<void>{};
}

enum class Data : std::uint8_t { left, copied };

Task<Result<void>> fillCopy(Services& services, space::SpacePtr from, std::string toId, Data data) {
  if (data == Data::left) co_return co_await copySources(services, from, toId);
  co_return co_await suspend<void>([&](Completion<void> done) { services.stores.copy(from->id, toId, std::move(done)); });
}

}  // namespace

Task<Result<Answer>> renameSpace(Call call) {
  auto& catalogue = call.services.catalogue;
  const auto name = call.arguments.text("name");
  REDD_CO_TRY(const auto space, call.space());
  REDD_CO_TRY(const auto renamed, co_await call.services.lane.run<space::SpacePtr>(
                                      [&catalogue, space, name] { return catalogue.renameSpace(space->project, space->name, name); }));
  co_return show(call, *renamed);
}

Task<Result<Answer>> removeSpace(Call call) {
  auto& catalogue = call.services.catalogue;
  REDD_CO_TRY(const auto space, call.space());
  REDD_CO_TRY_VOID(checkConfirmed(call, space->name));
  REDD_CO_TRY(const auto trashed, co_await call.services.lane.run<space::TrashedSpace>(
                                      [&catalogue, space] { return catalogue.removeSpace(space->project, space->name); }));
  co_return Answer{JsonObject().flag("ok", true).raw("trashed", trashedJson(call.services, trashed)).end()};
}

Task<Result<Answer>> listTrash(Call call) {
  REDD_CO_TRY(const auto trashed, co_await trashOf(call));
  const auto one = [&call](const auto& space) { return trashedJson(call.services, space); };
  co_return Answer{JsonObject().raw("spaces", jsonList(trashed, one)).end()};
}

Task<Result<Answer>> restoreSpace(Call call) {
  auto& catalogue = call.services.catalogue;
  const auto project = call.arguments.text("project");
  const auto name = call.arguments.text("name");
  REDD_CO_TRY(const auto trashed, co_await trashedSpace(call));
  REDD_CO_TRY(const auto space, co_await call.services.lane.run<space::SpacePtr>(
                                    [&catalogue, project, trashed, name] { return catalogue.restoreSpace(project, trashed.id, name); }));
  co_return show(call, *space);
}

Task<Result<Answer>> purgeSpace(Call call) {
  auto& services = call.services;
  REDD_CO_TRY(const auto trashed, co_await trashedSpace(call));
  REDD_CO_TRY_VOID(checkConfirmed(call, trashed.name));
  REDD_CO_TRY_VOID(co_await services.lane.run<void>([&services, trashed] { return services.catalogue.doomOne(trashed.project, trashed.id); }));
  services.sweeper->soon();
  co_return Answer{std::string(kOk)};
}

Task<Result<Answer>> copySpace(Call call) {
  auto& services = call.services;
  const auto to = call.arguments.text("to");
  if (!call.caller.spaceId.empty()) co_return Error::make(ErrorCode::forbidden, "A copy concerns the whole project, and this token reaches one space.");
  REDD_CO_TRY(auto from, call.space());
  REDD_CO_TRY(const auto turn, co_await services.deploys.take(from->id));  // the deployment that is copied stays the active one
  REDD_CO_TRY(from, call.space());
  REDD_CO_TRY(const auto id, co_await services.lane.run<std::string>(
                                 [&services, from, to] { return services.catalogue.beginCopy(from->project, from->name, to); }));
  auto filled = co_await fillCopy(services, from, id, call.arguments.flag("data").value_or(false) ? Data::copied : Data::left);
  auto made = filled ? co_await services.lane.run<space::SpacePtr>(
                           [&services, from, to, id] { return services.catalogue.endCopy(from->project, from->name, to, id); })
                     : Result<space::SpacePtr>(std::move(filled).error());
  if (made) co_return show(call, **made);
  std::ignore = co_await services.lane.run<void>([&services, id] { return services.catalogue.dropCopy(id); });
  services.sweeper->soon();
  co_return std::move(made).error();
}

}  // namespace redd::control
