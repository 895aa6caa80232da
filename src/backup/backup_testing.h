// What the tests of this room share: a folder that goes with the test, and a data directory as a server leaves it.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/metrics.h"
#include "base/random.h"
#include "base/suspend.h"
#include "space/catalogue.h"
#include "store/store.h"

namespace redd::backup {

class TempFolder {
 public:
  TempFolder() : path_(std::filesystem::temp_directory_path() / ("redd-backup-" + randomLabel(10))) { std::filesystem::create_directory(path_); }
  TempFolder(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::string contentOf(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
inline void setContent(const std::filesystem::path& file, std::string_view text) {
  std::ofstream(file, std::ios::binary) << text;
}

// A catalogue and stores over a directory, without server.
class Server {
 public:
  explicit Server(std::filesystem::path folder) : dataDir(std::move(folder)) {
    auto opened = space::Catalogue::open(dataDir);
    REDD_CHECK(opened);
    catalogue = std::move(*opened);
    stores = *store::Stores::open(loop, dataDir, limits, metrics);
  }
  ~Server() { std::ignore = await<void>([this](auto done) { stores->close(std::move(done)); }); }

  template <class T>
  Result<T> await(std::function<void(Completion<T>)> start) {
    std::optional<Result<T>> out;
    start([&out](Result<T> result) { out.emplace(std::move(result)); });
    while (!out) loop.run_one();
    return *std::move(out);
  }
  std::string makeProject(const std::string& name = "backend") { return (*catalogue->createProject(name))->uniqueName; }
  std::shared_ptr<store::Store> store(const space::SpacePtr& space) {
    return *await<std::shared_ptr<store::Store>>([&](auto done) { stores->get(space->id, std::move(done)); });
  }
  void set(const space::SpacePtr& space, const std::string& key, const std::string& value) {
    REDD_CHECK(await<void>([&](auto done) { store(space)->kvSet("", key, value, std::nullopt, std::move(done)); }));
  }
  std::string get(const space::SpacePtr& space, const std::string& key) {
    auto value = *await<std::optional<store::KvValue>>([&](auto done) { store(space)->kvGet("", key, std::move(done)); });
    return value ? std::get<std::string>(*value) : std::string();
  }
  void save(const space::SpacePtr& space, const std::string& path, const std::string& content) {
    auto writer = *await<std::shared_ptr<store::FileWriter>>([&](auto done) { store(space)->fileCreate(std::move(done)); });
    REDD_CHECK(await<void>([&](auto done) { writer->append(content, std::move(done)); }));
    REDD_CHECK(await<store::FileInfo>([&](auto done) { writer->commit("", path, "", std::move(done)); }));
  }
  std::string read(const space::SpacePtr& space, const std::string& path) {
    auto reader = await<std::shared_ptr<store::FileReader>>([&](auto done) { store(space)->fileOpen("", path, std::move(done)); });
    if (!reader) return std::string(reader.error().text());
    return *await<std::string>([&](auto done) { (*reader)->read(0, 1 << 20, std::move(done)); });
  }
  void remove(const space::SpacePtr& space, const std::string& path) {
    REDD_CHECK(await<store::FileInfo>([&](auto done) { store(space)->fileRemove("", path, std::move(done)); }));
  }
  space::SpacePtr space(const std::string& project, const std::string& name) { return *space::findSpace(*catalogue->snapshot(), project, name); }

  std::filesystem::path dataDir;
  Limits limits;
  Metrics metrics;
  Loop loop;
  boost::asio::executor_work_guard<Loop::executor_type> guard{loop.get_executor()};
  std::unique_ptr<space::Catalogue> catalogue;
  std::unique_ptr<store::Stores> stores;
};

}  // namespace redd::backup
