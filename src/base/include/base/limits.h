// Every bound of the server, with its unit in its name and the default of spec 95 "Default limits". Over a bound there is
// a clear refusal, never growth. One value of this struct is made at start from the configuration and never changes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace redd {

struct Limits {
  // HTTP
  std::size_t requestLineBytesMax = 8 << 10;
  std::size_t headerBytesMax = 16 << 10;
  std::size_t headBytesMax = 32 << 10;
  std::size_t headerCountMax = 128;
  std::size_t administrationHeaderBytesMax = 64 << 10;  // on _A_D_M_ paths, whose headers hold changes and options
  std::size_t administrationHeadBytesMax = 96 << 10;
  std::size_t bufferedBodyBytesMax = 10 << 20;
  std::uint64_t streamedBodyBytesMax = std::uint64_t{1} << 30;
  std::size_t deployBodyBytesMax = 64 << 20;
  std::size_t chunkExtensionBytesMax = 4 << 10;
  std::size_t trailerBytesMax = 8 << 10;
  std::uint32_t headTimeoutMs = 10'000;
  std::uint32_t bodyStallMs = 10'000;
  std::uint32_t keepAliveIdleMs = 75'000;
  std::uint32_t writeStallMs = 30'000;
  std::size_t connectionsMax = 10'000;
  std::size_t connectionsPerAddressMax = 1'000;

  // Tokens and key sets
  std::size_t tokenBytesMax = 16 << 10;
  std::size_t keySetBytesMax = 512 << 10;
  std::size_t keySetKeysMax = 100;
  std::uint32_t keySetConnectMs = 2'000;
  std::uint32_t keySetTotalMs = 5'000;
  std::size_t verdictCacheEntriesMax = 10'000;   // per space, accepted tokens
  std::size_t refusalCacheEntriesMax = 4'000;    // per space, refused tokens

  // Spaces and workers
  std::size_t requestsPerSpaceMax = 64;
  std::size_t requestsQueuedPerSpaceMax = 256;
  std::uint32_t requestQueueWaitMs = 200;
  std::uint32_t requestDeadlineMs = 60'000;
  std::uint32_t startupHookMs = 30'000;
  std::uint32_t workerReadyMs = 10'000;
  std::uint32_t workerIdleMs = 300'000;          // a worker without requests for so long retires
  std::size_t workersPerSpaceMax = 1;
  std::size_t workerHeapMiB = 128;
  std::size_t frameBytesMax = 16 << 20;
  std::size_t bodyWindowBytes = 256 << 10;       // credit for a body in each direction, per request
  std::size_t hostCallsInFlightMax = 1'000;      // per worker
  std::size_t keyBytesMax = 16 << 10;             // a token may be a key: apps cache profiles under it (spec 40.10 says 1 KiB)
  std::size_t valueBytesMax = 1 << 20;
  std::size_t documentDepthMax = 100;
  std::uint64_t fileBytesMax = std::uint64_t{1} << 30;
  std::size_t filePathBytesMax = 1 << 10;

  // Logs
  std::size_t logLinesPerSpaceMax = 10'000;
  std::size_t logLineBytesMax = 16 << 10;
  std::size_t logLinesPerSecond = 200;
  std::size_t logLinesBurst = 2'000;
};

}  // namespace redd
