// Workers: stock Node processes that run one space's code each (SEC-23). Starts them, watches them, feeds them, replaces them.
//
// Belongs to one loop. A space without requests has no process: the first request starts one, an idle one retires after
// Limits::workerIdleMs. A worker that dies takes the invocations inside it along (they fail with workerFailed) and nothing else; the next is
// started with back-off 0.1 → 30 s when it keeps dying.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/metrics.h"
#include "base/suspend.h"
#include "space/space.h"
#include "worker/host_calls.h"
#include "worker/trace.h"

namespace redd::worker {

// How a new worker process is made. `--node`, the runtime folder and the certificate file come from the configuration.
struct WorkerOptions {
  std::filesystem::path node;        // the executable
  std::filesystem::path runtimeDir;  // holds main.mjs or main.cjs (see runtime/README.md)
  std::filesystem::path caFile;      // becomes NODE_EXTRA_CA_CERTS; empty: none
};

struct GatewayAddress {
  std::string host;  // numeric
  std::uint16_t port = 0;
};

// What runs once in a worker: the `invoke` payload (built by the gateway, JSON as in wire/PROTOCOL.md) and the path for its body and answer.
class AnswerSink {  // implemented by the caller of invoke(); called on the loop
 public:
  virtual ~AnswerSink() = default;
  virtual void onHead(int status, std::vector<std::pair<std::string, std::string>> headers) = 0;
  virtual void onBody(std::string_view bytes) = 0;         // call Invocation::consumed() when they are passed on
  virtual void onEnd() = 0;                                // the answer is complete
  virtual void onAnswer(int status, std::vector<std::pair<std::string, std::string>> headers, std::string_view body) = 0;  // all in one
  virtual void onNoHook() = 0;                             // "auth":"hook" and none matched
  virtual void onBodyConsumed(std::size_t bytes) = 0;      // the request body may go on
  virtual std::string_view requestId() const { return {}; }  // for the lines that the script prints in it; read by invoke()
  virtual TracePtr trace() const { return nullptr; }  // to be filled with times; read by invoke(). nullptr: nobody wants them
  virtual void onFailed(Error error) = 0;                  // worker died (workerFailed), no answer at settle (internal), overload (unavailable)…
  // Exactly one of onEnd, onAnswer, onNoHook, onFailed ends the sequence. After it no more calls.
};

class Invocation {  // held by the caller; destroying it before the end aborts
 public:
  virtual ~Invocation() = default;
  virtual void sendBody(std::string_view bytes) = 0;  // within the window: bodyWindow() bytes are allowed now
  virtual void endBody() = 0;
  virtual std::size_t bodyWindow() const = 0;
  virtual void consumed(std::size_t bytes) = 0;       // response bytes passed on: gives credit back
  virtual void abort(std::string_view reason) = 0;    // "client" or "timeout"; no more calls to the sink
};

enum class BodyFollows { no, yes };

class Supervisor {
 public:
  // What the scripts of a space print, for the space's log. On the loop.
  using LogSink = std::function<void(const space::SpacePtr&, std::string_view level, std::string_view context,
                                     std::string_view requestId, std::string_view text)>;

  static Result<std::unique_ptr<Supervisor>> create(Loop& loop, WorkerOptions options, const Limits& limits, Metrics& metrics,
                                                    HostCalls& host, LogSink logSink);
  virtual ~Supervisor() = default;

  // Runs `invokeJson` in a worker of the space's active deployment (space->deployment must not be null), starting one when there is
  // none. Over Limits::requestsPerSpaceMax invocations wait in a bounded queue; over that, or after requestQueueWaitMs (not counting the
  // start of a cold worker), the sink hears unavailable. Counts in redd_worker_invocations_total{space=…} at the moment the frame is sent.
  virtual std::unique_ptr<Invocation> invoke(const space::SpacePtr& space, std::string invokeJson, BodyFollows body,
                                             std::shared_ptr<AnswerSink> sink) = 0;

  // Starts a worker for `candidate` beside the running ones and waits until it reported ready. The worker is kept for the take-over
  // that follows when the catalogue publishes the deployment with this id; it retires if that does not happen within 60 s.
  // Errors: invalidArgument with the script's message and stack (with file and line), timeout after Limits::workerReadyMs.
  virtual Task<Result<space::Manifest>> prepare(space::SpacePtr space, space::DeploymentPtr candidate) = 0;
  // Runs the startup hook in the prepared worker (spec 10.10): once per deployment, before traffic; failures are logged only.
  virtual Task<void> runStartupHook(space::SpacePtr space, space::DeploymentPtr candidate) = 0;

  // Where workers find the server itself under the name apigateway-service:8888 (spec 10.12). Before the first worker starts.
  virtual void setGatewayAddress(GatewayAddress address) = 0;

  // The two versions of a split space (space::Space::alternative) are invoked and prepared as if they were two spaces.

  // The space changed (published): new invocations go to workers of the new deployment and environment; old ones finish, then drain.
  virtual void spaceChanged(const space::SpacePtr& before, const space::SpacePtr& after) = 0;

  // For `info` and tests.
  struct WorkerInfo {
    std::uint64_t id = 0;
    int pid = 0;
    std::string space, deployment, state;
    std::size_t invocations = 0;
    std::string spaceId = {};
    std::size_t memoryBytes = 0;  // resident, now; 0 when the process has gone
  };
  virtual std::vector<WorkerInfo> workers() const = 0;
  virtual Task<void> stop(std::int64_t deadlineMs) = 0;  // drain all, then kill
};

}  // namespace redd::worker
