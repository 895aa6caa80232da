#include "web_door.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <string>
#include <tuple>

#include "page.h"

namespace redd::control {
namespace {

constexpr std::string_view kRoot = "/_/";
constexpr std::string_view kBareRoot = "/_";  // leads to the other one, under which the page's own addresses are right
constexpr std::string_view kNamedByContent = "ui/";  // vite puts a digest of the content into these names

bool isRead(const http::RequestHead& head) { return head.method == "GET" || head.method == "HEAD"; }

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// RFC 9110, 12.5.3, as far as browsers use it: a coding is taken when it is named and not with a weight of 0.
bool takes(std::string_view accepted, std::string_view coding) {
  return std::ranges::any_of(accepted | std::views::split(','), [coding](const auto& each) {
    const std::string_view one(each.begin(), each.end());
    const auto semicolon = one.find(';');
    const auto weight = semicolon == std::string_view::npos ? std::string_view() : trimmed(one.substr(semicolon + 1));
    const bool isRefused = weight.starts_with("q=0") && weight.find_first_not_of("0.", 2) == std::string_view::npos;
    return trimmed(one.substr(0, semicolon)) == coding && !isRefused;
  });
}

// RFC 9110, 13.1.2: any of a list, compared weakly, for a proxy that packs what it passes on weakens a tag.
bool holds(std::string_view wanted, std::string_view digest) {
  return std::ranges::any_of(wanted | std::views::split(','), [digest](const auto& each) {
    auto one = trimmed(std::string_view(each.begin(), each.end()));
    if (one == "*") return true;
    if (one.starts_with("W/")) one.remove_prefix(2);
    return one.size() == digest.size() + 2 && one.starts_with('"') && one.ends_with('"') && one.substr(1, digest.size()) == digest;
  });
}

}  // namespace

const WebFile* WebDoor::fileAt(std::string_view path) const {
  if (!path.starts_with(kRoot)) return nullptr;
  path.remove_prefix(kRoot.size());
  return pack_.find(path.empty() ? WebPack::kPage : path);
}

bool WebDoor::hasFile(const http::RequestHead& head) const {
  return isRead(head) && !pack_.isEmpty() && (head.path() == kBareRoot || fileAt(head.path()) != nullptr);
}

bool WebDoor::hasScreen(const http::RequestHead& head) const {
  const auto path = head.path();
  const bool wantsPage = head.headers.find("accept").value_or("").contains("text/html");
  if (pack_.isEmpty() || !isRead(head) || !wantsPage) return false;
  const auto below = path.starts_with(kRoot) ? path.substr(kRoot.size()) : std::string_view();
  return !below.empty() && !below.starts_with("api/") && !below.starts_with(kNamedByContent);
}

Task<void> WebDoor::serve(http::Exchange& exchange) const {
  const auto& head = exchange.head();
  if (head.path() == kBareRoot) {
    http::ResponseHead out{308, {}};
    out.headers.add("location", std::string(kRoot));
    std::ignore = co_await exchange.respond(std::move(out), {});
    co_return;
  }
  const auto* found = fileAt(head.path());
  const auto& file = found == nullptr ? *pack_.find(WebPack::kPage) : *found;
  const bool isFixed = head.path().substr(kRoot.size()).starts_with(kNamedByContent);

  http::ResponseHead out{200, {}};
  out.headers.add("content-type", std::string(file.type));
  out.headers.add("cache-control", isFixed ? "public, max-age=31536000, immutable" : "no-cache");
  out.headers.add("etag", fmt::format("W/\"{}\"", file.etag));  // weak: the same in all codings
  out.headers.add("vary", "accept, accept-encoding");
  out.headers.add("x-content-type-options", "nosniff");
  out.headers.add("content-security-policy", std::string(kAdminPolicy));
  out.headers.add("x-frame-options", "DENY");
  out.headers.add("referrer-policy", "no-referrer");
  out.headers.add("cross-origin-opener-policy", "same-origin");
  if (holds(head.headers.find("if-none-match").value_or(""), file.etag)) {
    out.status = 304;
    std::ignore = co_await exchange.respond(std::move(out), {});
    co_return;
  }
  const auto accepted = head.headers.find("accept-encoding").value_or("");
  auto body = file.plain;
  if (!file.brotli.empty() && takes(accepted, "br")) {
    out.headers.add("content-encoding", "br");
    body = file.brotli;
  } else if (!file.gzip.empty() && takes(accepted, "gzip")) {
    out.headers.add("content-encoding", "gzip");
    body = file.gzip;
  }
  std::ignore = co_await exchange.respond(std::move(out), std::string(body));
}

}  // namespace redd::control
