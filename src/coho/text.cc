#include "text.h"

#include <fmt/format.h>
#include <locale.h>
#include <wchar.h>

#include <cstdint>

namespace redd::coho {
namespace {

constexpr std::size_t kExcerptBytesMax = 16 << 10;

struct Decoded {
  char32_t point = 0;
  std::size_t size = 0;  // 0: not UTF-8
};

// RFC 3629: shortest form, no surrogates, at most U+10FFFF.
Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return {};
  char32_t point = lead & (0xff >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    point = point << 6 | (byte(i) & 0x3f);
  }
  const bool overlong = (size == 3 && point < 0x800) || (size == 4 && point < 0x10000);
  const bool surrogate = point >= 0xd800 && point <= 0xdfff;
  return overlong || surrogate || point > 0x10ffff ? Decoded{} : Decoded{point, size};
}

bool movesText(char32_t point) {
  return point == 0x61c || (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
         (point >= 0x2060 && point <= 0x206f) || point == 0xfeff || (point >= 0xfff9 && point <= 0xfffb) ||
         (point >= 0xe0000 && point <= 0xe007f);
}

enum class Newlines { kept, shown };

std::string quoteControls(std::string_view text, Newlines newlines) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto [point, size] = decode(text);
    if (size == 0) {
      out += fmt::format("\\x{:02x}", static_cast<std::uint8_t>(text[0]));
    } else if (point == '\n') {
      out += newlines == Newlines::kept ? "\n" : "\\n";
    } else if (point == '\t') {
      out += ' ';
    } else if (point < 0x20 || (point >= 0x7f && point < 0xa0)) {
      out += fmt::format("\\x{:02x}", static_cast<std::uint32_t>(point));
    } else if (movesText(point)) {
      out += fmt::format("\\u{{{:x}}}", static_cast<std::uint32_t>(point));
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return out;
}

std::size_t widthOf(char32_t point) {
  static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", locale_t{});
  if (utf8 == locale_t{}) return 1;
  const locale_t before = uselocale(utf8);
  const int width = wcwidth(static_cast<wchar_t>(point));
  uselocale(before);
  return width < 0 ? 1 : static_cast<std::size_t>(width);
}

}  // namespace

std::string inert(std::string_view text) { return quoteControls(text, Newlines::kept); }
std::string inertLine(std::string_view text) { return quoteControls(text, Newlines::shown); }

std::string inertJson(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  while (!json.empty()) {
    const auto [point, size] = decode(json);
    const bool control = (point < 0x20 && point != '\n' && point != '\t') || (point >= 0x7f && point < 0xa0);
    if (size == 0) {
      out += fmt::format("\\u{:04x}", static_cast<std::uint8_t>(json[0]));
    } else if (!control && !movesText(point)) {
      out += json.substr(0, size);
    } else if (point < 0x10000) {
      out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(point));
    } else {
      const auto high = 0xd7c0 + (static_cast<std::uint32_t>(point) >> 10);
      out += fmt::format("\\u{:04x}\\u{:04x}", high, 0xdc00 + (static_cast<std::uint32_t>(point) & 0x3ff));
    }
    json.remove_prefix(size == 0 ? 1 : size);
  }
  return out;
}

std::string inertExcerpt(std::string_view text, std::size_t lines) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < lines && end < text.size(); ++i) {
    const auto next = text.find('\n', end);
    end = next == std::string_view::npos ? text.size() : next + 1;
  }
  end = std::min(end, kExcerptBytesMax);
  if (end >= text.size()) return inert(text);
  while (end > 0 && (static_cast<std::uint8_t>(text[end]) & 0xc0) == 0x80) --end;
  auto out = inert(text.substr(0, end));
  if (!out.ends_with('\n')) out += '\n';
  return out + fmt::format("… and {} more", sizeText(text.size() - end));
}

std::size_t columns(std::string_view text) {
  std::size_t total = 0;
  while (!text.empty()) {
    const auto [point, size] = decode(text);
    total += size == 0 ? 1 : widthOf(point);
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return total;
}

std::string cut(std::string_view text, std::size_t columnsMax) {
  if (columns(text) <= columnsMax) return std::string(text);
  std::size_t total = 1;
  std::size_t end = 0;
  while (end < text.size()) {
    const auto [point, size] = decode(text.substr(end));
    total += size == 0 ? 1 : widthOf(point);
    if (total > columnsMax) break;
    end += size == 0 ? 1 : size;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::string grouped(std::uint64_t number) {
  auto out = std::to_string(number);
  for (auto at = out.size(); at > 3;) out.insert(at -= 3, ",");
  return out;
}

std::string sizeText(std::size_t bytes) {
  if (bytes < 1000) return fmt::format("{} byte{}", bytes, bytes == 1 ? "" : "s");
  if (bytes < 1000 * 1000) return fmt::format("{} KB", (bytes + 500) / 1000);
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

}  // namespace redd::coho
