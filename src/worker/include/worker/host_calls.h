// What a script may ask of the server: the interface that `worker` needs and `host` implements (design.md section 2). The space is
// the one whose worker speaks, never one that a frame names.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "space/space.h"
#include "worker/trace.h"

namespace redd::worker {

// The answer to one call: JSON text, which may be an error object {"message","code","status"} (spec 40.12), or plain bytes.
struct CallReply {
  enum class Kind : std::uint8_t { value, error, bytes } kind = Kind::value;
  std::string json;                 // of Kind::bytes: the bytes
};

struct HostCall {
  space::SpacePtr space;
  std::uint64_t workerId = 0;       // cursors belong to (worker, invocation)
  std::uint32_t invocation = 0;     // 0: detached work
  std::string_view payload;         // the JSON array of a call frame, with at least 64 readable bytes behind it (simdjson padding);
                                    // valid during call() only
  std::move_only_function<void(CallReply)> reply;  // exactly once, on the loop
  std::string_view bytes = {};      // of a callBytes frame; valid during call() only
  TracedCall traced = {};           // to be named by whoever understands the call; its times are stamped already
};

class HostCalls {
 public:
  virtual ~HostCalls() = default;
  virtual void call(HostCall call) = 0;                                          // on the loop
  virtual void invocationEnded(std::uint64_t workerId, std::uint32_t invocation) = 0;  // close its cursors
  virtual void workerEnded(std::uint64_t workerId) = 0;
};

}  // namespace redd::worker
