// What the spaces of a project serve, run and hold.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "account_views.h"
#include "data_access.h"
#include "dispatcher.h"
#include "handlers.h"
#include "json_writer.h"

namespace redd::control {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kFilesMax = 200'000;  // of a space that are weighed; more would keep the lane too long
constexpr std::size_t kWeightsMax = 4'096;    // spaces whose weight is remembered

// What lies below a directory; what goes away meanwhile counts for nothing.
std::uint64_t bytesBelow(const fs::path& directory) {
  std::uint64_t bytes = 0;
  std::size_t files = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator at(directory, error), end; !error && at != end && files < kFilesMax; at.increment(error), ++files) {
    std::error_code gone;
    if (const auto size = at->file_size(gone); !gone) bytes += size;
  }
  return bytes;
}

Task<Result<std::uint64_t>> documentsOf(Services& services, std::string spaceId) {
  REDD_CO_TRY(const auto store, co_await openStore(services.stores, spaceId));
  using Infos = std::vector<store::CollectionInfo>;
  REDD_CO_TRY(const auto all, co_await suspend<Infos>([&](Completion<Infos> done) { store->collections(std::move(done)); }));
  std::uint64_t documents = 0;
  for (const auto& collection : all) documents += collection.documents;
  co_return documents;
}

// The gateway counts requests by the class of their status (gateway/space_log.cc), the worker what it ran (worker/README.md).
std::int64_t requestsOf(Metrics& metrics, const std::string& label) {
  std::int64_t sum = 0;
  for (int i = 0; i <= 5; ++i) sum += metrics.counter("redd_requests_total", fmt::format(R"({},status="{}xx")", label, i)).value();
  return sum;
}

Task<Result<std::uint64_t>> bytesOf(Services& services, std::string_view spaceId) {
  const auto directory = services.options.dataDir / "spaces" / spaceId;
  co_return co_await services.lane.run<std::uint64_t>([directory]() -> Result<std::uint64_t> { return bytesBelow(directory); });
}

Task<Result<std::string>> usageOf(Services& services, space::SpacePtr space) {
  REDD_CO_TRY(const auto documents, co_await documentsOf(services, space->id));
  REDD_CO_TRY(const auto bytes, co_await bytesOf(services, space->id));
  const auto label = fmt::format(R"(space="{}")", labelValue(space->label()));
  auto& metrics = services.metrics;
  co_return JsonObject()
      .text("name", space->name)
      .number("requests", static_cast<double>(requestsOf(metrics, label)))
      .number("invocations", static_cast<double>(metrics.counter("redd_worker_invocations_total", label).value()))
      .number("codeMs", static_cast<double>(metrics.counter("redd_worker_invocation_us_total", label).value() / 1'000))
      .raw("documents", std::to_string(documents))
      .raw("bytes", std::to_string(bytes))
      .end();
}

// The same for those who ask every few seconds: weighed once a minute.
Task<Result<std::uint64_t>> recentBytesOf(Services& services, std::string spaceId) {
  constexpr std::int64_t kKeptNs = 60'000'000'000;
  if (services.weights.size() > kWeightsMax) services.weights.clear();
  if (const auto known = services.weights.find(spaceId); known != services.weights.end() && monotonicNs() - known->second.atNs < kKeptNs) {
    co_return known->second.bytes;
  }
  REDD_CO_TRY(const auto bytes, co_await bytesOf(services, spaceId));
  services.weights[spaceId] = {bytes, monotonicNs()};
  co_return bytes;
}

std::string workersJson(const Services& services, const space::Space& space) {
  std::vector<worker::Supervisor::WorkerInfo> own;
  for (auto& worker : services.supervisor.workers()) {
    if (worker.spaceId == space.id) own.push_back(std::move(worker));
  }
  return jsonList(own, [](const worker::Supervisor::WorkerInfo& worker) {
    return JsonObject()
        .number("id", static_cast<double>(worker.id))
        .number("pid", worker.pid)
        .text("deployment", worker.deployment)
        .text("state", worker.state)
        .number("invocations", static_cast<double>(worker.invocations))
        .number("memoryBytes", static_cast<double>(worker.memoryBytes))
        .end();
  });
}

std::string millisecondsJson(std::optional<double> ms) { return ms ? fmt::format("{:.3f}", *ms) : "null"; }

std::string pointJson(const Activity::Point& point) {
  return JsonObject()
      .number("timeMs", static_cast<double>(point.timeMs))
      .number("requests", point.requests)
      .number("failures", point.failures)
      .number("refusals", point.refusals)
      .raw("p50Ms", millisecondsJson(point.p50Ms))
      .raw("p99Ms", millisecondsJson(point.p99Ms))
      .end();
}

}  // namespace

Task<Result<Answer>> projectUsage(Call call) {
  auto& services = call.services;
  REDD_CO_TRY(const auto project, projectOf(call));
  std::vector<std::string> spaces;
  const auto directory = services.accounts.directory();
  for (const auto& [name, space] : project->spaces) {
    if (!reaches(*directory, call.caller, *project, *space)) continue;
    REDD_CO_TRY(auto usage, co_await usageOf(services, space));
    spaces.push_back(std::move(usage));
  }
  const auto startedMs = nowMs() - (monotonicNs() - services.startedNs) / 1'000'000;
  co_return Answer{JsonObject()
                       .number("sinceMs", static_cast<double>(startedMs))
                       .raw("spaces", jsonList(spaces, [](const std::string& one) { return one; }))
                       .end()};
}

Task<Result<Answer>> spaceActivity(Call call) {
  auto& services = call.services;
  REDD_CO_TRY(const auto space, call.space());
  REDD_CO_TRY(const auto documents, co_await documentsOf(services, space->id));
  REDD_CO_TRY(const auto bytes, co_await recentBytesOf(services, space->id));
  const auto view = services.activity.view(space->id, monotonicNs());
  co_return Answer{JsonObject()
                       .number("startedMs", static_cast<double>(services.activity.startedMs()))
                       .number("stepMs", Activity::kStepMs)
                       .raw("points", jsonList(view.points, pointJson))
                       .raw("workers", workersJson(services, *space))
                       .raw("documents", std::to_string(documents))
                       .raw("bytes", std::to_string(bytes))
                       .number("requestsTotal", static_cast<double>(view.requestsTotal))
                       .number("refusalsTotal", static_cast<double>(view.refusalsTotal))
                       .end()};
}

Task<Result<Answer>> listWorkers(Call call) {
  REDD_CO_TRY(const auto space, call.space());
  co_return Answer{JsonObject().raw("workers", workersJson(call.services, *space)).end()};
}

}  // namespace redd::control
