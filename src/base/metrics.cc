#include "base/metrics.h"

#include <fmt/format.h>

namespace redd {

Counter Metrics::counter(std::string_view name, std::string_view labels) {
  const std::scoped_lock lock(mutex_);
  std::pair<std::string, std::string> key(name, labels);
  auto found = series_.find(key);
  if (found == series_.end()) {
    if (series_.size() >= kSeriesMax) key.second = R"(overflow="true")";
    found = series_.try_emplace(std::move(key), std::make_unique<std::atomic<std::int64_t>>(0)).first;
  }
  return Counter(found->second.get());
}

std::string Metrics::text() const {
  const std::scoped_lock lock(mutex_);
  std::string out;
  std::string_view last;
  for (const auto& [key, value] : series_) {
    if (key.first != last) {
      last = key.first;
      fmt::format_to(std::back_inserter(out), "# TYPE {} {}\n", last, last.ends_with("_total") ? "counter" : "gauge");
    }
    const std::string labels = key.second.empty() ? "" : fmt::format("{{{}}}", key.second);
    fmt::format_to(std::back_inserter(out), "{}{} {}\n", key.first, labels, value->load(std::memory_order_relaxed));
  }
  return out;
}

std::string labelValue(std::string_view raw) {
  std::string out;
  for (const char c : raw) {
    if (c == '\\' || c == '"') out.push_back('\\');
    if (c == '\n') {
      out += "\\n";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

}  // namespace redd
