// Limits guessing (SEC-32): after 5 failures for an account, or 20 from an address, within 15 minutes each further try has to wait,
// first a second, then twice as long each time, at most 15 minutes. A try is counted when it begins, so that a thousand at once are no
// way around; one that succeeds is taken back, and clears its account.
//
// Addresses count by what one party owns: an IPv6 /64, all of 127.0.0.0/8. Bounded: kEntriesMax accounts and as many addresses are
// remembered, the oldest goes first. Thread-safe.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/result.h"

namespace redd::account {

class Guard {
 public:
  static constexpr int kAccountFailuresMax = 5;
  static constexpr int kAddressFailuresMax = 20;
  static constexpr UnixMs kWindowMs = 15 * 60'000;
  static constexpr std::size_t kEntriesMax = 10'000;

  // May this try begin? tooManyRequests, with the member retryAfterS. `account` may be "": only the address counts.
  Result<void> admit(std::string_view account, std::string_view address, UnixMs now);
  void succeeded(std::string_view account, std::string_view address);

 private:
  struct Entry {
    int failures = 0;
    UnixMs lastMs = 0;
    UnixMs notBeforeMs = 0;
  };
  using Entries = std::unordered_map<std::string, Entry>;
  static Entry& entryOf(Entries& entries, const std::string& key, UnixMs now);
  static void count(Entry& entry, int failuresMax, UnixMs now);

  std::mutex mutex_;
  Entries accounts_, addresses_;
};

std::string addressOwner(std::string_view address);  // what one party owns, as a key

}  // namespace redd::account
