// Counters with names that stay (REL-30), printed in the Prometheus text format by Metrics::text().
//
// A Counter is a cheap handle: add() is one relaxed atomic addition, from any thread. Series live as long as their Metrics,
// which main makes once and hands down; nothing here is global.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace redd {

class Counter {
 public:
  void add(std::int64_t n = 1) const { value_->fetch_add(n, std::memory_order_relaxed); }
  void set(std::int64_t n) const { value_->store(n, std::memory_order_relaxed); }
  std::int64_t value() const { return value_->load(std::memory_order_relaxed); }

 private:
  friend class Metrics;
  explicit Counter(std::atomic<std::int64_t>* value) : value_(value) {}
  std::atomic<std::int64_t>* value_;
};

class Metrics {
 public:
  // name: redd_requests_total and the like; labels: `space="my-app-1a2b/dev",reason="expired"` or empty. The same pair gives
  // the same series. At most kSeriesMax series; beyond that all land in one series labelled overflow="true".
  Counter counter(std::string_view name, std::string_view labels = {});
  std::string text() const;

  static constexpr std::size_t kSeriesMax = 20'000;

 private:
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<std::atomic<std::int64_t>>, std::less<>> series_;
};

// A value for use inside a label: backslash, quote and newline escaped.
std::string labelValue(std::string_view raw);

}  // namespace redd
