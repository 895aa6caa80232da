// What the operations work on: the rooms below, and the control plane's own thread and queues. Made once, by Control.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "account/accounts.h"
#include "base/activity.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/metrics.h"
#include "cli_logins.h"
#include "control/control.h"
#include "host_check.h"
#include "http/client.h"
#include "keyed_turns.h"
#include "space/catalogue.h"
#include "store/log_book.h"
#include "store/store.h"
#include "thread_lane.h"
#include "worker/supervisor.h"

namespace redd::control {

class Backups;
class Followers;
class SpaceSweeper;

// What a space's folder weighed, and when.
struct Weight {
  std::uint64_t bytes = 0;
  std::int64_t atNs = 0;
};

struct Services {
  ControlOptions options;
  const Limits& limits;
  Metrics& metrics;
  const Activity& activity;
  space::Catalogue& catalogue;
  account::Accounts& accounts;
  worker::Supervisor& supervisor;
  store::Stores& stores;
  store::LogBook& logBook;
  const http::AddressPolicy& keySetAddresses;
  Followers& followers;
  AllowedHosts hosts;
  SpaceSweeper* sweeper = nullptr;  // set once, before the first call
  bool stopping = false;  // streams end soon
  std::int64_t startedNs = monotonicNs();
  ThreadLane lane{};    // the mutators of catalogue and accounts, and what reads their files
  ThreadLane passwords{LaneShape{.threads = 2, .queueMax = 20, .refusal = ErrorCode::tooManyRequests}};  // what hashes one (SEC-31)
  CliLogins cliLogins{};
  KeyedTurns deploys{}; // by space id
  std::shared_ptr<Backups> backups{};
  std::unordered_map<std::string, Weight> weights{};  // by space id
};

}  // namespace redd::control
