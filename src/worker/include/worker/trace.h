// Where the time of one invocation goes: when a worker got it, when its answer was whole, and the calls of the host that its script made
// meanwhile. Who invokes may hand one in (AnswerSink::trace()); `worker` stamps the times, `host` names the calls.
//
// Belongs to one loop. Shared: a call may be answered after everybody else has let go. Times are monotonicNs(); 0: it did not come to that.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace redd::worker {

class Trace {
 public:
  struct Call {
    std::string_view name;  // as in "kv.get"; of static storage. Empty: no operation has that name
    std::string detail;     // which collection, keyspace or path; "": none. Never a value, a filter or a key
    std::int64_t beginNs = 0, endNs = 0;
  };
  static constexpr std::size_t kCallsKept = 64;

  std::int64_t sentNs = 0;  // its invoke frame was sent: until then it waited
  std::int64_t endNs = 0;   // its sequence of answers ended

  // In the order in which they began. Those beyond kCallsKept are only counted.
  const std::vector<Call>& calls() const { return calls_; }
  std::size_t callsTotal() const { return total_; }

  // → which call it is, for name() and end().
  std::size_t begin(std::int64_t nowNs) {
    if (total_ < kCallsKept) calls_.push_back({{}, {}, nowNs, 0});
    return total_++;
  }
  void name(std::size_t call, std::string_view name, std::string detail) {
    if (call >= calls_.size()) return;
    calls_[call].name = name;
    calls_[call].detail = std::move(detail);
  }
  void end(std::size_t call, std::int64_t nowNs) {
    if (call < calls_.size()) calls_[call].endNs = nowNs;
  }

 private:
  std::vector<Call> calls_;
  std::size_t total_ = 0;
};
using TracePtr = std::shared_ptr<Trace>;

// One call of a trace; of none at all when `trace` is null.
struct TracedCall {
  TracePtr trace;
  std::size_t call = 0;

  bool isKept() const { return trace && call < Trace::kCallsKept; }
  void name(std::string_view name, std::string detail) const {
    if (trace) trace->name(call, name, std::move(detail));
  }
  void end(std::int64_t nowNs) const {
    if (trace) trace->end(call, nowNs);
  }
};

}  // namespace redd::worker
