#include "tar_writer.h"

#include <fmt/format.h>

namespace redd::control {
namespace {

constexpr std::size_t kBlock = 512, kNameBytesMax = 100;
constexpr std::size_t kChecksumAt = 148;

void put(std::string& block, std::size_t at, std::string_view text) { block.replace(at, text.size(), text); }

std::string header(std::string_view name, std::uint64_t bytes, UnixMs modifiedMs, char type) {
  std::string block(kBlock, '\0');
  put(block, 0, name.substr(0, kNameBytesMax));
  put(block, 100, "0000644");
  put(block, 108, "0000000");
  put(block, 116, "0000000");
  put(block, 124, fmt::format("{:011o}", bytes));
  put(block, 136, fmt::format("{:011o}", modifiedMs / 1000));
  put(block, kChecksumAt, "        ");
  block[156] = type;
  put(block, 257, std::string_view("ustar\00000", 8));
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  put(block, kChecksumAt, fmt::format("{:06o}", sum));
  block[kChecksumAt + 6] = '\0';
  return block;
}

// "LENGTH path=PATH\n", where LENGTH counts itself.
std::string paxRecord(std::string_view path) {
  const auto rest = fmt::format(" path={}\n", path);
  auto length = rest.size();
  while (length != rest.size() + std::to_string(length).size()) length = rest.size() + std::to_string(length).size();
  return std::to_string(length) + rest;
}

}  // namespace

std::string tarHeader(std::string_view path, std::uint64_t bytes, UnixMs modifiedMs) {
  std::string out;
  if (path.size() > kNameBytesMax) {
    const auto record = paxRecord(path);
    out = header("pax", record.size(), modifiedMs, 'x') + record + tarPadding(record.size());
  }
  return out + header(path, bytes, modifiedMs, '0');
}

std::string tarPadding(std::uint64_t bytes) { return std::string((kBlock - bytes % kBlock) % kBlock, '\0'); }

std::string tarTail() { return std::string(2 * kBlock, '\0'); }

}  // namespace redd::control
