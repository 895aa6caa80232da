// What the operations work on: the rooms below, and the control plane's own thread and queues. Made once, by Control.
#pragma once

#include <memory>

#include "base/clock.h"
#include "base/limits.h"
#include "base/metrics.h"
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

struct Services {
  ControlOptions options;
  const Limits& limits;
  Metrics& metrics;
  space::Catalogue& catalogue;
  worker::Supervisor& supervisor;
  store::Stores& stores;
  store::LogBook& logBook;
  const http::AddressPolicy& keySetAddresses;
  Followers& followers;
  AllowedHosts hosts;
  bool stopping = false;  // streams end soon
  std::int64_t startedNs = monotonicNs();
  ThreadLane lane{};    // the catalogue's mutators, and what reads its file
  KeyedTurns deploys{}; // by space id
  std::shared_ptr<Backups> backups{};
};

}  // namespace redd::control
