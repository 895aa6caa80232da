// Command lines that wait for their person to log in with a browser (spec 70.3, SEC-42).
//
// A waiting id is bound to the address that opened it, lives ten minutes, and is confirmed at most once, by a logged-in person on a page that
// shows a short code and the asking address. Its token is delivered once: to the stream that is open, or to the next one of the same
// address. At most kWaitingMax wait, kWaitingPerAddressMax of one address. Belongs to the loop of Control.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"

namespace redd::control {

class CliLogins {
 public:
  static constexpr std::size_t kWaitingMax = 100;
  static constexpr std::size_t kWaitingPerAddressMax = 10;
  static constexpr UnixMs kLifetimeMs = 10 * 60'000;
  static constexpr int kHeartbeatS = 15;

  enum class State : std::uint8_t { waiting, confirming, confirmed, over };
  struct Waiting {
    std::string address;
    UnixMs expiresMs = 0;
    State state = State::waiting;
    std::string token;  // from the confirmation until the delivery
    std::uint64_t listener = 0;  // the newest stream; older ones end
    std::shared_ptr<boost::asio::steady_timer> wake;
  };
  using WaitingPtr = std::shared_ptr<Waiting>;

  // A command line asks. Errors: invalidArgument (no UUID), notFound (confirmed and delivered before), forbidden (another address waits
  // with this id), tooManyRequests.
  Result<WaitingPtr> open(std::string_view uuid, std::string_view address, const boost::asio::any_io_executor& executor, UnixMs now);
  // What the page shows. notFound: nobody waits with this id.
  Result<WaitingPtr> find(std::string_view uuid, UnixMs now);
  // Takes the one right to confirm; give() or release() follows. notFound as above.
  Result<WaitingPtr> claim(std::string_view uuid, UnixMs now);
  void give(const WaitingPtr& waiting, std::string token);
  void release(const WaitingPtr& waiting);
  // The token, once; "" when there is none (yet).
  static std::string take(Waiting& waiting);
  void endAll();

 private:
  void dropExpired(UnixMs now);
  std::map<std::string, WaitingPtr, std::less<>> all_;  // those that are over too, until they expire
};

// Eight hex digits that the page and the command line show: the first of SHA-256 of the id in lower case, as in "7F3A-91C2".
std::string shortCode(std::string_view uuid);

}  // namespace redd::control
