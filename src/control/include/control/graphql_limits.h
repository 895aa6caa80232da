// What a request to /graphql may be (SEC-37), and the bounds of the worker that executes it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace redd::control {

struct GraphqlLimits {
  std::size_t bodyBytesMax = 1 << 20;
  std::size_t tokensMax = 1'000;
  std::size_t depthMax = 8;
  std::size_t aliasesMax = 15;
  std::size_t directivesMax = 50;
  std::size_t costMax = 5'000;          // points, runtime/graphql/limits.cjs
  std::size_t answerBytesMax = 8 << 20;
  std::size_t requestsMax = 16;         // inside the worker at once
  std::size_t queuedMax = 64;           // waiting; over that, refused
  std::uint32_t deadlineMs = 10'000;
  std::uint32_t idleMs = 300'000;       // a worker without requests for so long retires
  std::size_t heapMiB = 128;
};

}  // namespace redd::control
