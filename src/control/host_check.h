// Under which names the control plane answers (SEC-41). A page of another site can make a browser send requests here by pointing
// its own name at our address; the Host header then holds that name. So only names that nobody else can point anywhere count:
// loopback names, literal addresses of the listening socket, and names the operator listed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace redd::control {

enum class HostKind : std::uint8_t { refused, loopback, literal, listed };

class AllowedHosts {
 public:
  explicit AllowedHosts(std::vector<std::string> names);  // without ports, in any case
  void setListenAddress(std::string address) { listen_ = std::move(address); }  // "127.0.0.1:4000", "[::]:4000"
  HostKind classify(std::string_view hostHeader) const;  // in lower case, as RequestHead has it

 private:
  std::vector<std::string> names_;
  std::string listen_;
};

}  // namespace redd::control
