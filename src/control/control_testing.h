// What the tests of this room use instead of a socket, workers and a log on disk.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "control/control.h"
#include "store/testing/memory_store.h"

namespace redd::control {

class TempDir {
 public:
  TempDir() : path_(std::filesystem::temp_directory_path() / ("redd-control-" + randomLabel(10))) {
    std::filesystem::create_directory(path_);
  }
  TempDir(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class FakeExchange final : public http::Exchange {
 public:
  FakeExchange(std::string method, std::string target, std::string body = {}) : body_(std::move(body)) {
    head_.method = std::move(method);
    head_.target = std::move(target);
    head_.host = "localhost:4000";
    if (!body_.empty()) head_.contentLength = body_.size();
  }
  http::RequestHead head_;
  http::ResponseHead answer_{0, {}};
  std::string text_;          // what was sent
  bool headSent_ = false;
  bool finished_ = false;
  bool served_ = false;       // the handler returned
  std::uint64_t bodyLimit_ = 0;
  std::function<void(FakeExchange&)> onSent_;             // after each sendBody
  std::move_only_function<void()> clientGone_;

  const http::RequestHead& head() const override { return head_; }
  std::string peer_ = "127.0.0.1";
  std::string_view peerAddress() const override { return peer_; }
  Task<Result<std::string>> readBody() override {
    if (body_.size() > bodyLimit_) co_return Error::make(ErrorCode::payloadTooLarge, "The body is too large.");
    co_return std::exchange(body_, {});
  }
  void setBodyLimit(std::uint64_t bytes) override { bodyLimit_ = bytes; }
  Task<Result<void>> respond(http::ResponseHead head, std::string body) override {
    REDD_CHECK(!headSent_);
    headSent_ = finished_ = true;
    answer_ = std::move(head);
    text_ = std::move(body);
    co_return Result<void>{};
  }
  Task<Result<void>> sendHead(http::ResponseHead head) override {
    REDD_CHECK(!headSent_);
    headSent_ = true;
    answer_ = std::move(head);
    co_return Result<void>{};
  }
  Task<Result<void>> sendBody(std::string_view bytes) override {
    text_ += bytes;
    if (onSent_) onSent_(*this);
    co_return Result<void>{};
  }
  Task<Result<void>> finish() override {
    finished_ = true;
    co_return Result<void>{};
  }
  bool headSent() const override { return headSent_; }
  void onClientGone(std::move_only_function<void()> callback) override { clientGone_ = std::move(callback); }

 private:
  std::string body_;
};

class FakeSupervisor final : public worker::Supervisor {
 public:
  std::optional<Error> refuse;
  int prepared = 0;
  int startups = 0;
  int atOnce = 0;
  int atOnceMost = 0;
  space::Manifest manifest;
  std::vector<WorkerInfo> infos;

  std::unique_ptr<worker::Invocation> invoke(const space::SpacePtr&, std::string, worker::BodyFollows,
                                             std::shared_ptr<worker::AnswerSink>) override {
    return nullptr;
  }
  Task<Result<space::Manifest>> prepare(space::SpacePtr, space::DeploymentPtr) override {
    ++prepared;
    atOnceMost = std::max(atOnceMost, ++atOnce);
    co_await boost::asio::post(boost::asio::use_awaitable);  // others may come in between
    --atOnce;
    if (refuse) co_return *refuse;
    co_return manifest;
  }
  Task<void> runStartupHook(space::SpacePtr, space::DeploymentPtr) override {
    ++startups;
    co_return;
  }
  void setGatewayAddress(worker::GatewayAddress) override {}
  void spaceChanged(const space::SpacePtr&, const space::SpacePtr&) override {}
  std::vector<WorkerInfo> workers() const override { return infos; }
  Task<void> stop(std::int64_t) override { co_return; }
};

class FakeLogBook final : public store::LogBook {
 public:
  std::vector<store::LogLine> lines;
  std::vector<std::string> forgotten;

  void append(std::string_view, store::LogLine line) override {
    lines.push_back(line);
    for (const auto& [id, follower] : followers_) follower(line);
  }
  void tail(std::string, std::size_t count, store::LogFilter filter, Completion<std::vector<store::LogLine>> done) override {
    std::vector<store::LogLine> out;
    std::ranges::copy_if(lines, std::back_inserter(out), [&](const auto& line) { return filter.fits(line); });
    if (out.size() > count) out.erase(out.begin(), out.end() - static_cast<std::ptrdiff_t>(count));
    done(std::move(out));
  }
  void refusals(std::string, std::size_t count, Completion<store::Refusals> done) override {
    store::Refusals out;
    for (const auto& line : lines) {
      if (!line.refusal.empty()) out.newest.insert(out.newest.begin(), line);
    }
    for (const auto& line : out.newest) out.counts.push_back({line.refusal, 1});
    if (out.newest.size() > count) out.newest.resize(count);
    done(std::move(out));
  }
  std::vector<store::Caller> known;
  void called(std::string_view, const store::CallerView&) override {}
  void callers(std::string, Completion<std::vector<store::Caller>> done) override { done(known); }
  std::shared_ptr<void> follow(std::string_view, Follower follower) override {
    followers_.emplace(++last_, std::move(follower));
    return std::shared_ptr<void>(nullptr, [this, id = last_](void*) { followers_.erase(id); });
  }
  void forget(std::string spaceId, Completion<void> done) override {
    forgotten.push_back(std::move(spaceId));
    done({});
  }
  void close(Completion<void> done) override { done(Result<void>{}); }
  std::size_t followerCount() const { return followers_.size(); }

 private:
  std::map<int, Follower> followers_;
  int last_ = 0;
};

// The store of every space, in memory.
class FakeStores final : public store::Stores {
 public:
  explicit FakeStores(Loop& loop) : loop_(loop) {}
  void get(std::string spaceId, Completion<std::shared_ptr<store::Store>> done) override {
    auto& store = stores_[spaceId];
    if (!store) store = store::makeMemoryStore(loop_);
    done(store);
  }
  std::shared_ptr<store::Store> opened(std::string_view spaceId) override {
    const auto found = stores_.find(spaceId);
    return found == stores_.end() ? nullptr : found->second;
  }
  std::vector<std::string> copied, removed;  // "FROM TO"; ids
  std::optional<Error> refuseCopy;
  void copy(std::string fromId, std::string toId, Completion<void> done) override {
    copied.push_back(fromId + " " + toId);
    done(refuseCopy ? Result<void>(*refuseCopy) : Result<void>());
  }
  void remove(std::string spaceId, Completion<void> done) override {
    stores_.erase(spaceId);
    removed.push_back(std::move(spaceId));
    done(Result<void>{});
  }
  void close(Completion<void> done) override { done(Result<void>{}); }

 private:
  Loop& loop_;
  std::map<std::string, std::shared_ptr<store::Store>, std::less<>> stores_;
};

// A control plane over a real catalogue, with the rest faked. call() runs the loop until the answer stands.
class House {
 public:
  House() {
    auto opened = space::Catalogue::open(dir.path() / "data");
    REDD_CHECK(opened);
    catalogue = std::move(*opened);
    accounts = *account::Accounts::open({.dataDir = dir.path() / "data", .key = *catalogue->keptKey("accounts"), .passwordCost = {4, 8, 1},
                                         .now = [this] { return nowMs() + aheadMs; }});
    owner = *accounts->ensureOwner("");
    startControl();
    subscription = catalogue->subscribe([this](const space::SpacePtr&, const space::SpacePtr& after) {
      boost::asio::post(loop, [this, after] { publications.push_back(after); });
    });
  }

  std::string_view adminUi;  // of what startControl() makes

  // A new one over the same catalogue, `laterMs` later.
  void startControl(std::int64_t laterMs = 0) {
    control = *Control::create(loop,
                              {.dataDir = dir.path() / "data", .hosts = {"redd.example.org"}, .version = "1.2.3", .node = "v24", .sqlite = "3",
                               .clock = [laterMs] { return nowMs() + laterMs; }, .adminUi = adminUi},
                              limits, metrics, activity, *catalogue, *accounts, supervisor, stores, logBook, addresses);
    control->setListenAddress("127.0.0.1:4000");
  }

  FakeExchange& start(FakeExchange& exchange) {
    const bool bare = exchange.head_.hasBody() && !exchange.head_.headers.find("content-type");
    if (bare) exchange.head_.headers.add("content-type", "application/json");
    spawn(loop, serve(exchange));
    return exchange;
  }
  void run(const FakeExchange& exchange) {
    while (!exchange.served_) loop.run_one();
  }
  void authorise(FakeExchange& exchange, const std::string& token) { exchange.head_.headers.add("authorization", "Bearer " + token); }
  // With the owner's token.
  std::unique_ptr<FakeExchange> call(std::string method, std::string target, std::string body = {}) {
    auto exchange = std::make_unique<FakeExchange>(std::move(method), std::move(target), std::move(body));
    authorise(*exchange, owner);
    run(start(*exchange));
    return exchange;
  }
  // A project with a space dev; the space's path.
  std::string makeDev() {
    const auto directory = accounts->directory();
    const auto project = *catalogue->createProject("MyBackend", directory->user(directory->ownerId)->defaultTeamId);
    REDD_CHECK(catalogue->createSpace(project->uniqueName, "dev"));
    projectName = project->uniqueName;
    return "/_/api/v1/projects/" + projectName + "/spaces/dev";
  }
  space::SpacePtr dev() const { return *space::findSpace(*catalogue->snapshot(), projectName, "dev"); }

  TempDir dir;
  Limits limits;
  Metrics metrics;
  Activity activity;
  Loop loop;
  boost::asio::executor_work_guard<Loop::executor_type> guard{loop.get_executor()};
  http::AddressPolicy addresses;
  FakeSupervisor supervisor;
  FakeStores stores{loop};
  FakeLogBook logBook;
  std::unique_ptr<space::Catalogue> catalogue;
  std::atomic<UnixMs> aheadMs = 0;  // of the accounts' clock
  std::unique_ptr<account::Accounts> accounts;
  std::unique_ptr<Control> control;
  std::string owner, projectName;
  std::vector<space::SpacePtr> publications;
  std::shared_ptr<void> subscription;

 private:
  Task<void> serve(FakeExchange& exchange) {
    co_await control->serve(exchange);
    exchange.clientGone_ = nullptr;  // never called after the handler returned
    exchange.served_ = true;
  }
};

}  // namespace redd::control
