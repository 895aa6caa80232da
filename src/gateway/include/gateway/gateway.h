// The request pipeline, straight down the page: host and path → space → allowed hosts → preflight → who is it → worker → answer
// (design.md section 4, spec 20.6). Every refusal is made here, before any of the user's code runs, and explains itself: its
// class to the caller, what was expected and found to the space's log.
//
// Belongs to one loop. Owns nothing but the requests in flight; what it needs is handed in and outlives it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/activity.h"
#include "base/limits.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/task.h"
#include "http/client_side.h"

namespace redd {
namespace http {
class Exchange;
}
namespace space {
class Catalogue;
}
namespace auth {
class Authenticator;
}
namespace worker {
class Supervisor;
}
namespace store {
class LogBook;
}
}  // namespace redd

namespace redd::gateway {

// How much a refused caller is told: the class of the failed check, or (on one's own machine) everything.
enum class Explain : std::uint8_t { theClass, everything };

struct GatewayOptions {
  std::vector<std::string> hosts;  // names, besides loopback and addresses, for which the default project is served
  Explain explain = Explain::theClass;
  http::TrustedProxies proxies{};
};

// What a gateway stands on.
struct Floor {
  const space::Catalogue& catalogue;
  auth::Authenticator& authenticator;
  worker::Supervisor& supervisor;
  store::LogBook& logBook;
  Activity& activity;
};

class Gateway {
 public:
  static std::unique_ptr<Gateway> create(Loop& loop, Floor floor, GatewayOptions options, const Limits& limits, Metrics& metrics);
  virtual ~Gateway() = default;
  virtual Task<void> serve(http::Exchange& exchange) = 0;
};

}  // namespace redd::gateway
