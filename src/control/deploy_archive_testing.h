// Writes tars for tests, wrong ones too.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

namespace redd::control {

struct TarOptions {
  char type = '0';
  unsigned mode = 0644;
  std::optional<unsigned long long> size = {};  // that the header tells
};

inline std::string tarEntry(std::string_view name, std::string_view content, const TarOptions& options = {}) {
  std::string header(512, '\0');
  const auto put = [&header](std::size_t at, std::string_view text) { header.replace(at, text.size(), text); };
  put(0, name.substr(0, 100));
  put(100, fmt::format("{:07o}", options.mode));
  put(124, fmt::format("{:011o}", options.size.value_or(content.size())));
  put(148, "        ");
  header[156] = options.type;
  put(257, std::string_view("ustar\00000", 8));
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(148, fmt::format("{:06o}", sum));
  header[154] = '\0';
  return header + std::string(content) + std::string((512 - content.size() % 512) % 512, '\0');
}

// The header that gives the next entry's attribute `key`.
inline std::string tarPax(std::string_view key, std::string_view value) {
  const auto rest = fmt::format(" {}={}\n", key, value);
  auto length = rest.size() + 1;
  while (std::to_string(length).size() + rest.size() != length) ++length;
  return tarEntry("pax", std::to_string(length) + rest, {.type = 'x'});
}

inline std::string tarEnd() { return std::string(1'024, '\0'); }

}  // namespace redd::control
