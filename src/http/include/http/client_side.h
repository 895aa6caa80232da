// Who called, as the outermost proxy that the operator trusts saw it (spec 20.2, 30.6; SEC-15). A caller that is no trusted proxy says nothing
// about itself: its forwarding headers are dropped. Immutable once parsed; a default one trusts nobody.
#pragma once

#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace redd::http {

struct ClientSide {
  std::string ip;
  std::string proto = "http";  // http or https
  std::string host;            // with its port, as the client wrote it
  std::string port;
};

class TrustedProxies {
 public:
  // Addresses and networks: "10.0.0.1", "10.0.0.0/8", "::1". Errors: invalidArgument, names the value.
  static Result<TrustedProxies> parse(const std::vector<std::string>& list);

  bool trusts(std::string_view address) const;
  // X-Forwarded-For is read from its end: the first address that is no trusted proxy is the client's.
  ClientSide clientOf(const RequestHead& head, std::string_view peerAddress) const;

 private:
  std::vector<boost::asio::ip::network_v4> v4_;
  std::vector<boost::asio::ip::network_v6> v6_;
};

}  // namespace redd::http
