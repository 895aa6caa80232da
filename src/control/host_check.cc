#include "host_check.h"

#include <algorithm>

#include "http/url.h"

namespace redd::control {

AllowedHosts::AllowedHosts(std::vector<std::string> names) : names_(std::move(names)) {
  for (auto& name : names_) {
    std::ranges::transform(name, name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  }
}

HostKind AllowedHosts::classify(std::string_view hostHeader) const {
  const auto name = http::splitHost(hostHeader).name;
  if (http::isLoopbackName(name)) return HostKind::loopback;
  if (std::ranges::find(names_, name) != names_.end()) return HostKind::listed;
  if (!http::isAddressLiteral(name)) return HostKind::refused;
  const auto listen = http::splitHost(listen_).name;
  return listen == name || listen == "0.0.0.0" || listen == "::" ? HostKind::literal : HostKind::refused;
}

}  // namespace redd::control
