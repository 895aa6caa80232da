// What every Store must do, held against each of them (testing/contract_*_test.cc). A store joins by
// an entry in allStores().
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "store/store.h"
#include "store/testing/memory_store.h"
#include "testing/temp_dir.h"

namespace redd::store {

// A store and what it stands on; gone with it.
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual std::shared_ptr<Store> store() = 0;
};

struct StoreMaker {
  std::string name;
  std::function<std::unique_ptr<StoreUnderTest>(Loop&)> make;
};

// Runs the loop until the completion that `call` was given has been called.
template <class T, class Call>
Result<T> await(Loop& loop, Call call) {
  std::optional<Result<T>> result;
  call(Completion<T>([&result](Result<T> value) { result = std::move(value); }));
  const auto guard = boost::asio::make_work_guard(loop);
  while (!result) {  // a guard that another thread lets go may stop a loop that has work again
    loop.restart();
    loop.run_one();
  }
  return *std::move(result);
}

class StoreContract : public ::testing::TestWithParam<StoreMaker> {
 protected:
  void SetUp() override {
    under_ = GetParam().make(loop_);
    store_ = under_->store();
  }
  void TearDown() override {
    EXPECT_TRUE(await<void>(loop_, [this](auto done) { store_->close(std::move(done)); }));
    store_.reset();
    under_.reset();
  }

  std::optional<KvValue> get(const std::string& key, const std::string& keyspace = "") {
    auto value = await<std::optional<KvValue>>(loop_, [&](auto done) { store_->kvGet(keyspace, key, std::move(done)); });
    EXPECT_TRUE(value) << value.error().detail;
    return value.value_or(std::nullopt);
  }
  Result<void> set(const std::string& key, const std::string& value, std::optional<std::int64_t> ttlMs = std::nullopt,
                   const std::string& keyspace = "") {
    return await<void>(loop_, [&](auto done) { store_->kvSet(keyspace, key, value, ttlMs, std::move(done)); });
  }
  Result<double> incr(const std::string& key, double by, std::optional<std::int64_t> ttlMs = std::nullopt) {
    return await<double>(loop_, [&](auto done) { store_->kvIncr("", key, by, ttlMs, std::move(done)); });
  }
  std::string keys(KvScan scan) {
    auto entries = await<std::vector<KvEntry>>(loop_, [&](auto done) { store_->kvScan(scan, std::move(done)); });
    EXPECT_TRUE(entries);
    std::string names;
    for (const auto& entry : *entries) names += entry.key + " ";
    return names;
  }

  Result<std::vector<std::string>> insert(const std::string& collection, std::vector<std::string> documents) {
    return await<std::vector<std::string>>(loop_, [&](auto done) { store_->insert(collection, documents, std::move(done)); });
  }
  std::optional<std::string> findOne(const std::string& collection, const Selector& selector, const std::string& options = "{}") {
    auto found = await<std::optional<std::string>>(loop_, [&](auto done) { store_->findOne(collection, selector, options, std::move(done)); });
    EXPECT_TRUE(found) << found.error().detail;
    return found.value_or(std::nullopt);
  }
  Result<Page> find(const std::string& collection, const std::string& filter, const std::string& options = "{}") {
    return await<Page>(loop_, [&](auto done) { store_->find(collection, {filter, options}, std::move(done)); });
  }
  Result<Page> next(std::uint64_t cursor) {
    return await<Page>(loop_, [&](auto done) { store_->next(cursor, std::move(done)); });
  }
  Result<Change> update(const std::string& collection, const Selector& selector, const std::string& change, Many many = Many::one,
                        Upsert upsert = Upsert::no) {
    return await<Change>(loop_, [&](auto done) { store_->update(collection, selector, change, many, upsert, std::move(done)); });
  }
  Result<Change> replace(const std::string& collection, const Selector& selector, const std::string& document,
                         Many many = Many::one, Upsert upsert = Upsert::no) {
    return await<Change>(loop_, [&](auto done) { store_->replace(collection, selector, document, many, upsert, std::move(done)); });
  }
  Result<std::vector<std::string>> remove(const std::string& collection, const Selector& selector, Many many = Many::one) {
    return await<std::vector<std::string>>(loop_, [&](auto done) { store_->remove(collection, selector, many, std::move(done)); });
  }
  Result<std::uint64_t> count(const std::string& collection, const std::string& filter = "{}") {
    return await<std::uint64_t>(loop_, [&](auto done) { store_->count(collection, filter, std::move(done)); });
  }

  Loop loop_;
  std::unique_ptr<StoreUnderTest> under_;
  std::shared_ptr<Store> store_;
};

// The stores the contract is held against.
class MemoryUnderTest final : public StoreUnderTest {
 public:
  explicit MemoryUnderTest(Loop& loop) : store_(makeMemoryStore(loop)) {}
  std::shared_ptr<Store> store() override { return store_; }

 private:
  std::shared_ptr<Store> store_;
};

class SqliteUnderTest final : public StoreUnderTest {
 public:
  explicit SqliteUnderTest(Loop& loop) : stores_(*Stores::open(loop, dir_.path(), Limits{}, metrics_)) {
    store_ = *await<std::shared_ptr<Store>>(loop, [this](auto done) { stores_->get("space", std::move(done)); });
  }
  std::shared_ptr<Store> store() override { return store_; }

 private:
  TempDir dir_;
  Metrics metrics_;
  std::unique_ptr<Stores> stores_;
  std::shared_ptr<Store> store_;
};

inline auto allStores() {
  return ::testing::Values(StoreMaker{"memory", [](Loop& loop) { return std::make_unique<MemoryUnderTest>(loop); }},
                           StoreMaker{"sqlite", [](Loop& loop) { return std::make_unique<SqliteUnderTest>(loop); }});
}
inline std::string nameOf(const ::testing::TestParamInfo<StoreMaker>& info) { return info.param.name; }

}  // namespace redd::store
