#include "tar.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace redd::backup::tar {
namespace {

constexpr std::size_t kNameField = 100;
constexpr std::size_t kPrefixField = 155;
constexpr std::uint64_t kOctalMax = 077777777777;

bool isGoodByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' || c == '/';
}

// Where a name is cut into prefix and name; 0: it fits into one.
std::optional<std::size_t> cutOf(std::string_view name) {
  if (name.size() <= kNameField) return 0;
  for (auto at = name.rfind('/', kPrefixField); at != std::string_view::npos && at > 0; at = name.rfind('/', at - 1)) {
    if (name.size() - at - 1 <= kNameField) return at;
  }
  return std::nullopt;
}

std::string sizeField(std::uint64_t bytes) {
  if (bytes <= kOctalMax) return fmt::format("{:011o}", bytes);
  std::string out(12, '\0');
  out[0] = static_cast<char>(0x80);
  for (std::size_t i = 11; bytes > 0; --i, bytes >>= 8) out[i] = static_cast<char>(bytes & 0xff);
  return out;
}

std::optional<std::uint64_t> sizeFrom(std::string_view field) {
  std::uint64_t out = 0;
  if (static_cast<unsigned char>(field[0]) == 0x80) {
    if (field.substr(1, 3) != std::string_view("\0\0\0", 3)) return std::nullopt;
    for (const char c : field.substr(4)) out = out << 8 | static_cast<unsigned char>(c);
    return out >> 62 == 0 ? std::optional(out) : std::nullopt;
  }
  const auto read = std::from_chars(field.data(), field.data() + 11, out, 8);
  return read.ec == std::errc{} && read.ptr == field.data() + 11 ? std::optional(out) : std::nullopt;
}

std::string_view textAt(std::string_view block, std::size_t at, std::size_t bytes) {
  const auto field = block.substr(at, bytes);
  return field.substr(0, field.find('\0'));
}

}  // namespace

bool isGoodName(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax || !std::ranges::all_of(name, isGoodByte)) return false;
  while (true) {
    const auto part = name.substr(0, name.find('/'));
    if (part.empty() || part == "." || part == "..") return false;
    if (part.size() == name.size()) return true;
    name.remove_prefix(part.size() + 1);
  }
}

std::optional<std::string> write(const Head& head) {
  const auto cut = isGoodName(head.name) ? cutOf(head.name) : std::nullopt;
  if (!cut) return std::nullopt;
  std::string block(kBlock, '\0');
  const auto put = [&block](std::size_t at, std::string_view text) { block.replace(at, text.size(), text); };
  put(0, std::string_view(head.name).substr(*cut > 0 ? *cut + 1 : 0));
  put(100, "0000600");
  put(108, "0000000");
  put(116, "0000000");
  put(124, sizeField(head.bytes));
  put(136, "00000000000");  // the time stands in redd/archive.json
  put(148, "        ");
  block[156] = '0';
  put(257, std::string_view("ustar\0" "00", 8));
  put(345, std::string_view(head.name).substr(0, *cut));
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  put(148, fmt::format("{:06o}", sum));
  block[154] = '\0';
  block[155] = ' ';
  return block;
}

std::optional<Head> read(std::string_view block) {
  if (block.size() != kBlock) return std::nullopt;
  const auto bytes = sizeFrom(block.substr(124, 12));
  if (!bytes) return std::nullopt;
  const auto prefix = textAt(block, 345, kPrefixField);
  Head head{prefix.empty() ? std::string() : fmt::format("{}/", prefix), *bytes};
  head.name += textAt(block, 0, kNameField);
  const auto same = write(head);
  return same && *same == block ? std::optional(std::move(head)) : std::nullopt;
}

}  // namespace redd::backup::tar
