#include "http/client_side.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "http/url.h"

namespace redd::http {
namespace {

namespace ip = boost::asio::ip;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

// All fields of the name as one list, as RFC 9110 5.3 joins them.
std::vector<std::string_view> listOf(const Headers& headers, std::string_view name) {
  std::vector<std::string_view> all;
  for (const auto& [field, value] : headers) {
    if (field != name) continue;
    std::string_view rest = value;
    while (true) {
      const auto comma = rest.find(',');
      all.push_back(trimmed(rest.substr(0, comma)));
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return all;
}

// An address, also as "1.2.3.4:5678" or "[::1]:5678", as some proxies write it; empty: none.
std::string addressIn(std::string_view text) {
  if (text.starts_with('[')) text = text.substr(1, text.find(']') - 1);
  else if (std::ranges::count(text, ':') == 1) text = text.substr(0, text.find(':'));
  boost::system::error_code failed;
  const auto address = ip::make_address(std::string(text), failed);
  return failed ? std::string() : address.to_string();
}

bool isHost(std::string_view text) {
  return !text.empty() && text.size() <= 260 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-._:[]").contains(c);
  });
}

template <class Network, class Parse>
bool add(std::vector<Network>& networks, const std::string& text, const char* whole, Parse parse) {
  boost::system::error_code failed;
  const auto network = parse(text.contains('/') ? text : text + whole, failed);
  if (!failed) networks.push_back(network);
  return !failed;
}

template <class Network>
bool within(const Network& network, const auto& address) {
  const auto one = Network(address, network.prefix_length());
  return one.canonical().address() == network.canonical().address();
}

}  // namespace

Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& list) {
  TrustedProxies proxies;
  for (const auto& text : list) {
    const bool known = add(proxies.v4_, text, "/32", [](const auto& one, auto& failed) { return ip::make_network_v4(one, failed); }) ||
                       add(proxies.v6_, text, "/128", [](const auto& one, auto& failed) { return ip::make_network_v6(one, failed); });
    if (!known) return invalid(fmt::format("trusted-proxy: '{}' is no address and no network. Fix: write it as 10.0.0.1 or 10.0.0.0/8", text));
  }
  return proxies;
}

bool TrustedProxies::trusts(std::string_view text) const {
  boost::system::error_code failed;
  auto address = ip::make_address(std::string(text), failed);
  if (failed) return false;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) address = ip::make_address_v4(ip::v4_mapped, address.to_v6());
  if (address.is_v4()) return std::ranges::any_of(v4_, [&](const auto& one) { return within(one, address.to_v4()); });
  return std::ranges::any_of(v6_, [&](const auto& one) { return within(one, address.to_v6()); });
}

ClientSide TrustedProxies::clientOf(const RequestHead& head, std::string_view peerAddress) const {
  ClientSide client{.ip = std::string(peerAddress), .host = head.host, .port = {}};
  if (trusts(peerAddress)) {
    const auto hops = listOf(head.headers, "x-forwarded-for");
    for (auto hop = hops.rbegin(); hop != hops.rend() && trusts(client.ip); ++hop) {
      auto address = addressIn(*hop);
      if (address.empty()) break;
      client.ip = std::move(address);
    }
    if (const auto proto = listOf(head.headers, "x-forwarded-proto"); !proto.empty() && proto.front() == "https") client.proto = "https";
    if (const auto host = listOf(head.headers, "x-forwarded-host"); !host.empty() && isHost(host.front())) client.host = host.front();
  }
  const auto named = splitHost(client.host);
  client.port = named.port.empty() ? (client.proto == "https" ? "443" : "80") : std::string(named.port);
  return client;
}

}  // namespace redd::http
