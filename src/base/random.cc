#include "base/random.h"

#include <sys/random.h>

#include <array>
#include <atomic>
#include <mutex>

#include "base/clock.h"
#include "base/result.h"

namespace redd {
namespace {

void appendHex(std::string& out, std::span<const std::byte> bytes) {
  constexpr char digits[] = "0123456789abcdef";
  for (const std::byte b : bytes) {
    out.push_back(digits[std::to_integer<unsigned>(b) >> 4]);
    out.push_back(digits[std::to_integer<unsigned>(b) & 15]);
  }
}

}  // namespace

void fillRandom(std::span<std::byte> out) {
  while (!out.empty()) {
    const ssize_t n = ::getrandom(out.data(), out.size(), 0);
    if (n < 0) continue;  // EINTR only: the pool is seeded before any of us runs
    out = out.subspan(static_cast<std::size_t>(n));
  }
}

std::uint64_t randomU64() {
  std::uint64_t value = 0;
  fillRandom(std::as_writable_bytes(std::span(&value, 1)));
  return value;
}

std::string randomHex(std::size_t bytes) {
  std::string raw(bytes, '\0');
  fillRandom(std::as_writable_bytes(std::span(raw)));
  std::string out;
  out.reserve(bytes * 2);
  appendHex(out, std::as_bytes(std::span(raw)));
  return out;
}

std::string randomLabel(std::size_t length) {
  constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string out;
  while (out.size() < length) {
    std::array<std::byte, 32> raw{};
    fillRandom(raw);
    for (const std::byte b : raw) {
      const auto value = std::to_integer<unsigned>(b);
      if (value < 252 && out.size() < length) out.push_back(alphabet[value % 36]);  // 252 = 7 × 36: no bias
    }
  }
  return out;
}

std::string uuidV4() {
  std::array<std::byte, 16> raw{};
  fillRandom(raw);
  raw[6] = (raw[6] & std::byte{0x0f}) | std::byte{0x40};
  raw[8] = (raw[8] & std::byte{0x3f}) | std::byte{0x80};
  std::string hex;
  appendHex(hex, raw);
  return hex.substr(0, 8) + '-' + hex.substr(8, 4) + '-' + hex.substr(12, 4) + '-' + hex.substr(16, 4) + '-' + hex.substr(20);
}

// Seconds never go back within a process and the counter only grows within a second, so ids sort by creation.
std::string objectId() {
  static std::mutex mutex;
  static std::uint32_t lastSeconds = 0;
  static std::uint32_t counter = 0;
  static const std::array<std::byte, 5> process = [] {
    std::array<std::byte, 5> raw{};
    fillRandom(raw);
    return raw;
  }();
  std::uint32_t seconds = 0;
  std::uint32_t count = 0;
  {
    const std::scoped_lock lock(mutex);
    seconds = static_cast<std::uint32_t>(nowMs() / 1000);
    if (seconds > lastSeconds) {
      lastSeconds = seconds;
      counter = static_cast<std::uint32_t>(randomU64() & 0x3fffff);  // room for 12 million ids before it could wrap
    } else if (++counter > 0xffffff) {
      ++lastSeconds;  // a second borrowed from the future keeps the order
      counter = 0;
    }
    seconds = lastSeconds;
    count = counter;
  }
  std::array<std::byte, 12> raw{};
  for (unsigned i = 0; i < 4; ++i) raw[i] = static_cast<std::byte>(seconds >> (24 - 8 * i));
  for (unsigned i = 0; i < 5; ++i) raw[4 + i] = process[i];
  for (unsigned i = 0; i < 3; ++i) raw[9 + i] = static_cast<std::byte>(count >> (16 - 8 * i));
  std::string out;
  appendHex(out, raw);
  return out;
}

}  // namespace redd
