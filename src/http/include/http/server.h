// The HTTP/1.1 server: connections, framing, limits, deadlines; nothing about spaces.
//
// Everything belongs to the loop it was made with. One coroutine per connection reads a head, calls the handler with an Exchange
// and, when the handler returns, drains or closes and goes on with the next request. A malformed request never reaches the
// handler: it is answered here and the connection closes (SEC-12 to SEC-14).
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/task.h"
#include "http/message.h"

namespace redd::http {

// One request and its answer. Valid while the handler runs; used by its coroutine only (onClientGone may be called from
// another turn of the same loop).
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual const RequestHead& head() const = 0;
  virtual std::string_view peerAddress() const = 0;  // numeric, without port; IPv4-mapped addresses as IPv4

  // The next piece of the request body, at most 64 KiB; empty at its end. Sends "100 Continue" first when it was asked for.
  // Errors: invalidArgument (bad chunk), payloadTooLarge (over setBodyLimit), timeout (stalled), cancelled (client gone).
  virtual Task<Result<std::string>> readBody() = 0;
  virtual void setBodyLimit(std::uint64_t bytes) = 0;  // default Limits::streamedBodyBytesMax

  // A whole answer in one write. HEAD requests and 204/304 send no body. Allowed once, instead of the three below.
  virtual Task<Result<void>> respond(ResponseHead head, std::string body) = 0;

  // A streamed answer: chunked, unless the head holds content-length (then exactly so many bytes must follow).
  // sendBody returns when the bytes are handed to the socket: that is the back-pressure. cancelled: the client is gone or reads too slowly.
  virtual Task<Result<void>> sendHead(ResponseHead head) = 0;
  virtual Task<Result<void>> sendBody(std::string_view bytes) = 0;
  virtual Task<Result<void>> finish() = 0;
  virtual bool headSent() const = 0;

  // Called at most once when the client closes while the handler runs; never after the handler returned.
  virtual void onClientGone(std::move_only_function<void()> callback) = 0;
};

using Handler = std::function<Task<void>(Exchange&)>;

struct ServerOptions {
  std::string host = "127.0.0.1";  // numeric address or name; "localhost" listens on the first address it resolves to
  std::uint16_t port = 0;          // 0: any free one
};

class Server {
 public:
  // Errors: a sentence that names host, port and what to do (in use, not permitted, not an address of this machine).
  static Result<std::unique_ptr<Server>> listen(Loop& loop, const ServerOptions& options, const Limits& limits, Metrics& metrics,
                                                Handler handler);
  virtual ~Server() = default;
  virtual std::uint16_t port() const = 0;
  virtual std::string address() const = 0;  // "127.0.0.1:4000"

  // Stops accepting, closes idle connections, lets requests in flight finish (answering with Connection: close) for at most
  // deadlineMs, then closes what is left (REL-07).
  virtual Task<void> drain(std::int64_t deadlineMs) = 0;
};

}  // namespace redd::http
