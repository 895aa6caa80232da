#include "space/host.h"

#include "http/url.h"

namespace redd::space {

std::string_view projectInHost(std::string_view host) {
  const std::string_view name = http::splitHost(host).name;
  const std::size_t dot = name.find('.');
  if (dot == 0 || dot == std::string_view::npos) return {};
  const std::string_view rest = name.substr(dot + 1);
  if (rest == "localhost" || rest.starts_with("api.")) return name.substr(0, dot);
  return {};
}

SpacePtr spaceOfHost(const Snapshot& catalogue, std::string_view host) {
  if (catalogue.domains.empty()) return nullptr;
  const auto found = catalogue.domains.find(http::splitHost(host).name);
  return found == catalogue.domains.end() ? nullptr : found->second;
}

}  // namespace redd::space
