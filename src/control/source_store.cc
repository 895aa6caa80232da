#include "source_store.h"

#include <algorithm>

#include "base/log.h"

namespace redd::control {
namespace {

constexpr std::size_t kAtOnce = 32;  // the store syncs them together

void storeOne(const StorePtr& store, std::string scope, const SourceFile& file, Completion<void> done) {
  using Writer = std::shared_ptr<store::FileWriter>;
  store->fileCreate([scope = std::move(scope), path = file.path, content = std::string(file.content), done = std::move(done)](Result<Writer> made) mutable {
    if (!made) return done(made.error());
    auto writer = *std::move(made);
    writer->append(std::move(content), [writer, scope = std::move(scope), path = std::move(path), done = std::move(done)](Result<void> appended) mutable {
      if (!appended) return done(std::move(appended));
      writer->commit(std::move(scope), std::move(path), "", [writer, done = std::move(done)](Result<store::FileInfo> stored) mutable {
        done(stored ? Result<void>() : Result<void>(stored.error()));
      });
    });
  });
}

struct Group {
  std::size_t open;
  Completion<void> done;
  Result<void> outcome = {};
};

}  // namespace

Task<Result<void>> storeSources(StorePtr store, std::string scope, const std::vector<SourceFile>& files) {
  for (std::size_t first = 0; first < files.size(); first += kAtOnce) {
    const auto end = std::min(files.size(), first + kAtOnce);
    REDD_CO_TRY_VOID(co_await suspend<void>([&](Completion<void> done) {
      const auto group = std::make_shared<Group>(end - first, std::move(done));
      for (auto i = first; i < end; ++i) {
        storeOne(store, scope, files[i], [group](Result<void> stored) {
          if (!stored) group->outcome = std::move(stored);
          if (--group->open == 0) group->done(std::move(group->outcome));
        });
      }
    }));
  }
  co_return Result<void>{};
}

Task<void> tidySources(Services& services, const space::SpacePtr& space, StorePtr store) {
  const auto kept = co_await services.lane.run<std::vector<space::Deployment>>(
      [&services, space] { return services.catalogue.deployments(space->project, space->name); });
  if (!kept) {
    log::warn("control", "{}: source files are not tidied up: {}", space->label(), kept.error().detail);
    co_return;
  }
  std::vector<std::string> scopes;
  for (const auto& one : *kept) scopes.push_back(one.sourceScope());
  const auto done = co_await suspend<std::uint64_t>(
      [&](Completion<std::uint64_t> removed) { store->fileKeepScopes(std::move(scopes), std::move(removed)); });
  if (!done) log::warn("control", "{}: source files are not tidied up: {}", space->label(), done.error().detail);
}

}  // namespace redd::control
