#include "web_pack.h"

#include <fmt/format.h>

#include <charconv>
#include <ranges>
#include <vector>

namespace redd::control {
namespace {

Error damaged(std::string_view what) {
  return Error::make(ErrorCode::internal, fmt::format("The admin UI inside this program is damaged ({}). Fix: build Redd again.", what));
}

Result<std::size_t> sizeOf(std::string_view text) {
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc{} || end != text.data() + text.size()) return damaged("a size is no number");
  return size;
}

std::vector<std::string_view> wordsOf(std::string_view line) {
  std::vector<std::string_view> words;
  for (const auto word : line | std::views::split(' ')) words.emplace_back(word.begin(), word.end());
  return words;
}

}  // namespace

Result<WebPack> WebPack::read(std::string_view pack) {
  WebPack out;
  if (pack.empty()) return out;
  const auto end = pack.find("\n\n");
  if (end == std::string_view::npos) return damaged("its list does not end");
  auto rest = pack.substr(end + 2);
  const auto take = [&rest](std::string_view text) -> Result<std::string_view> {
    REDD_TRY(const auto size, sizeOf(text));
    if (size > rest.size()) return damaged("it is cut short");
    const auto bytes = rest.substr(0, size);
    rest.remove_prefix(size);
    return bytes;
  };
  for (const auto each : pack.substr(0, end) | std::views::split('\n')) {
    const auto words = wordsOf(std::string_view(each.begin(), each.end()));
    if (words.size() != 6) return damaged("a line of its list has not six words");
    WebFile file{.type = words[1], .etag = words[2], .plain = {}, .brotli = {}, .gzip = {}};
    REDD_TRY(file.plain, take(words[3]));
    REDD_TRY(file.brotli, take(words[4]));
    REDD_TRY(file.gzip, take(words[5]));
    out.files_.emplace(words[0], file);
  }
  if (!rest.empty()) return damaged("it is too long");
  if (out.find(kPage) == nullptr) return damaged("it has no page");
  return out;
}

const WebFile* WebPack::find(std::string_view path) const {
  const auto found = files_.find(path);
  return found == files_.end() ? nullptr : &found->second;
}

}  // namespace redd::control
