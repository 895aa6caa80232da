#include "cli_logins.h"

#include <algorithm>

#include "crypto/hash.h"

namespace redd::control {
namespace {

constexpr std::size_t kRememberedMax = 1'000;  // ids that are over and not to be used again

std::string lowerCase(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

bool isUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !std::string_view("0123456789abcdef").contains(text[i])) return false;
  }
  return true;
}

Error nobodyWaits() {
  return notFound("No command line waits with this address: it was used, is older than ten minutes, or has ended. Fix: log in again from the terminal.");
}

}  // namespace

std::string shortCode(std::string_view uuid) {
  auto out = crypto::sha256Hex(lowerCase(uuid)).substr(0, 8);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
  return out.insert(4, "-");
}

void CliLogins::dropExpired(UnixMs now) {
  std::erase_if(all_, [&](const auto& one) {
    const bool gone = one.second->expiresMs <= now;
    if (gone) {
      one.second->state = State::over;
      one.second->wake->cancel();
    }
    return gone;
  });
}

Result<CliLogins::WaitingPtr> CliLogins::open(std::string_view given, std::string_view address, const boost::asio::any_io_executor& executor, UnixMs now) {
  const auto uuid = lowerCase(given);
  if (!isUuid(uuid)) return invalid("The address of a login ends in a UUID.");
  dropExpired(now);
  if (const auto known = all_.find(uuid); known != all_.end()) {
    auto& waiting = *known->second;
    if (waiting.state == State::over) return nobodyWaits();
    if (waiting.address != address) return Error::make(ErrorCode::forbidden, "A command line at another address waits with this id.");
    ++waiting.listener;
    waiting.wake->cancel();
    return known->second;
  }
  const auto isLive = [](const auto& one) { return one.second->state != State::over; };
  const auto live = std::ranges::count_if(all_, isLive);
  const auto ofAddress = std::ranges::count_if(all_, [&](const auto& one) { return isLive(one) && one.second->address == address; });
  if (static_cast<std::size_t>(live) >= kWaitingMax || static_cast<std::size_t>(ofAddress) >= kWaitingPerAddressMax || all_.size() >= kRememberedMax) {
    return Error::make(ErrorCode::tooManyRequests, "Too many command lines wait for a login. Try again in some minutes.");
  }
  auto waiting = std::make_shared<Waiting>();
  waiting->address = address;
  waiting->expiresMs = now + kLifetimeMs;
  waiting->listener = 1;
  waiting->wake = std::make_shared<boost::asio::steady_timer>(executor);
  all_.emplace(uuid, waiting);
  return waiting;
}

Result<CliLogins::WaitingPtr> CliLogins::find(std::string_view uuid, UnixMs now) {
  dropExpired(now);
  const auto found = all_.find(lowerCase(uuid));
  if (found == all_.end() || found->second->state != State::waiting) return nobodyWaits();
  return found->second;
}

Result<CliLogins::WaitingPtr> CliLogins::claim(std::string_view uuid, UnixMs now) {
  REDD_TRY(auto waiting, find(uuid, now));
  waiting->state = State::confirming;
  return waiting;
}

void CliLogins::give(const WaitingPtr& waiting, std::string token) {
  waiting->state = State::confirmed;
  waiting->token = std::move(token);
  waiting->wake->cancel();
}

void CliLogins::release(const WaitingPtr& waiting) {
  if (waiting->state == State::confirming) waiting->state = State::waiting;
}

std::string CliLogins::take(Waiting& waiting) {
  if (waiting.state != State::confirmed) return {};
  waiting.state = State::over;
  return std::exchange(waiting.token, {});
}

void CliLogins::endAll() {
  for (const auto& [uuid, waiting] : all_) {
    waiting->state = State::over;
    waiting->wake->cancel();
  }
}

}  // namespace redd::control
