// The control plane: everything people do to projects and spaces, as one table of operations behind a REST door
// (src/control/API.md), GraphQL, and the _A_D_M_ endpoints of the published command line; and the admin UI, which uses the first of them.
//
// Belongs to one loop, the one on which Supervisor, Stores and LogBook live. What blocks (the catalogue's synced commits) runs on one
// thread of its own, so operations that change something happen one after the other. Deploys of one space are serialised.
//
// Who may: account::Accounts knows. By bearer token; there are no cookies, so no request forged across sites carries a credential, and one
// that says it comes from another site is refused all the same (SEC-34). Answers only under names that cannot be rebound (SEC-41) and
// never with CORS headers.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "account/accounts.h"
#include "base/activity.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/task.h"
#include "control/backup_options.h"
#include "control/graphql_limits.h"
#include "http/client.h"
#include "http/client_side.h"
#include "http/server.h"
#include "space/catalogue.h"
#include "store/log_book.h"
#include "store/store.h"
#include "worker/supervisor.h"

namespace redd::auth {
class Authenticator;
}

namespace redd::control {

struct ControlOptions {
  std::filesystem::path dataDir;
  std::vector<std::string> hosts;  // further host names under which the control plane answers, without port
  std::string version;             // of this server
  std::string node;                // the workers' Node executable, for server.info
  std::string sqlite;
  std::string isolation = "process";  // how workers are kept apart, in a word, for server.info
  GraphqlLimits graphql = {};
  std::filesystem::path graphqlDir = {};  // runtime/graphql: what the GraphQL door's worker runs
  auth::Authenticator* authenticator = nullptr;  // explains tokens and knows key sets; outlives Control. nullptr: those operations are unavailable
  std::uint32_t trashDays = 7;            // a removed space can be restored for so long
  std::function<UnixMs()> clock = nowMs;  // that the age of what lies in the trash is told by
  BackupOptions backup{};
  http::TrustedProxies proxies{};  // who may say for whom a request comes
  std::string_view adminUi = {};   // the files of the admin UI in one (admin/pack.mjs), there for as long as Control is; "": a build without it
};

class Control {
 public:
  // Error: the admin UI is damaged.
  static Result<std::unique_ptr<Control>> create(Loop& loop, ControlOptions options, const Limits& limits, Metrics& metrics, const Activity& activity,
                                                 space::Catalogue& catalogue, account::Accounts& accounts, worker::Supervisor& supervisor,
                                                 store::Stores& stores, store::LogBook& logBook, const http::AddressPolicy& keySetAddresses);
  virtual ~Control() = default;

  // What the server listens on, as http::Server::address() says it ("127.0.0.1:4000"): literal addresses of it are allowed
  // hosts, and the port stands in endpoints when the request's Host has none. Call before the first serve().
  virtual void setListenAddress(std::string address) = 0;

  // Does the request belong to the control plane? "/_" and everything below, under any host; /SPACE/_A_D_M_… but under a space's domain; and,
  // under names that are the control plane's own, /graphql and the addresses of a login that the published command line knows (spec 70.3): under
  // the host names of projects and spaces those paths are theirs.
  virtual bool owns(const http::RequestHead& head) const = 0;
  // Answers one request that it owns.
  virtual Task<void> serve(http::Exchange& exchange) = 0;

  // Ends the streams (log followers, documents on their way) and refuses what comes later; returns when the last request has left. Call before
  // http::Server::drain() ends, and before Catalogue, Supervisor, Stores and LogBook go.
  virtual Task<void> stop() = 0;
};

}  // namespace redd::control
