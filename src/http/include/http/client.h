// An HTTP(S) client for the server's own needs (key sets) and for coho: libcurl behind one header.
//
// fetch() blocks and is for coho and for threads that may wait. Fetcher::get() runs on its own thread and completes on the loop.
// Policy of addresses (SEC-11): names are resolved here, every address is checked, and the connection goes to the checked
// address; no redirects are followed; certificates are verified.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/suspend.h"
#include "http/message.h"

namespace redd::http {

// What a fetch may reach. Default: https to public addresses only.
struct AddressPolicy {
  std::vector<std::string> allowPrivate;  // host names or CIDRs that may be private, and may be plain http (--allow-private)
  static Result<AddressPolicy> parse(const std::vector<std::string>& hostsOrCidrs);  // error names the bad entry

  // Refuses: schemes other than https (http for listed hosts), user information, empty hosts, every spelling of a private, loopback,
  // link-local, multicast, reserved or translated address that is not listed. Names pass here; their addresses are checked
  // when they are resolved.
  Result<void> checkUrl(std::string_view url) const;
  Result<void> checkAddress(std::string_view host, std::string_view numericAddress) const;
};

struct ClientRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::uint32_t connectMs = 2'000;
  std::uint32_t totalMs = 5'000;  // 0: none (streams)
  std::size_t bodyBytesMax = 512 << 10;
  std::string caFile;              // PEM beside the system's; empty: the system's only
  const AddressPolicy* policy = nullptr;  // nullptr: no policy (coho talks to the server its user named)
  // Streaming: called with the pieces of a 2xx answer's body instead of gathering it; false stops. Other answers are gathered.
  std::move_only_function<bool(std::string_view)> onBody;
};

struct ClientResponse {
  int status = 0;
  Headers headers;
  std::string body;
};

// Blocks. Errors: unavailable with a sentence that names the host and what failed (refused, not found, certificate, timed out),
// payloadTooLarge, forbidden (policy).
Result<ClientResponse> fetch(ClientRequest request);

// Fetches on a small pool of threads of its own; `done` is called on the loop.
class Fetcher {
 public:
  static std::unique_ptr<Fetcher> create(Loop& loop, std::string caFile, AddressPolicy policy);
  virtual ~Fetcher() = default;
  virtual void fetch(ClientRequest request, Completion<ClientResponse> done) = 0;  // sets policy and caFile itself
  virtual const AddressPolicy& policy() const = 0;
};

}  // namespace redd::http
