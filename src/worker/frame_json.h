// What workers say in JSON, read as outside input (SEC-27). One reader for all workers of a loop: its parser's buffers are reused.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "space/space.h"
#include "worker/supervisor.h"

namespace redd::worker {

struct AnswerHead {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
};
struct LogLine {
  std::string level, context, text;
};

// Every text must have wire::kPaddingBytes readable bytes behind it, as payloads of frames have.
class FrameJson {
 public:
  FrameJson();
  ~FrameJson();
  Result<space::Manifest> ready(std::string_view json);
  Result<AnswerHead> head(std::string_view json);
  Result<LogLine> log(std::string_view json);
  Error loadFailed(std::string_view json);  // invalidArgument with message and the first lines of the stack

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

// The invocation in `[invocation,"operation",…]`, the only thing of a call that the worker's keeper reads itself.
std::optional<std::uint32_t> callInvocation(std::string_view payload);

std::string helloJson(const space::Space& space, const GatewayAddress& gateway, const Limits& limits);

}  // namespace redd::worker
