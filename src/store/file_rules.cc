#include "file_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace redd::store {
namespace {

using Type = std::pair<std::string_view, std::string_view>;
constexpr std::array<Type, 37> kTypes{{  // in order of the extensions
    {"aac", "audio/aac"},          {"avif", "image/avif"},       {"bmp", "image/bmp"},         {"css", "text/css"},
    {"csv", "text/csv"},           {"eot", "application/vnd.ms-fontobject"},                   {"gif", "image/gif"},
    {"gz", "application/gzip"},    {"htm", "text/html"},         {"html", "text/html"},        {"ico", "image/x-icon"},
    {"jpeg", "image/jpeg"},        {"jpg", "image/jpeg"},        {"js", "text/javascript"},    {"json", "application/json"},
    {"map", "application/json"},   {"md", "text/markdown"},      {"mjs", "text/javascript"},   {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},          {"ogg", "audio/ogg"},         {"otf", "font/otf"},          {"pdf", "application/pdf"},
    {"png", "image/png"},          {"svg", "image/svg+xml"},     {"tar", "application/x-tar"}, {"ttf", "font/ttf"},
    {"txt", "text/plain"},         {"wasm", "application/wasm"}, {"wav", "audio/wav"},         {"webm", "video/webm"},
    {"webmanifest", "application/manifest+json"},                {"webp", "image/webp"},       {"woff", "font/woff"},
    {"woff2", "font/woff2"},       {"xml", "application/xml"},   {"zip", "application/zip"},
}};
static_assert(std::ranges::is_sorted(kTypes, {}, &Type::first));

}  // namespace

Result<std::string> filePath(std::string_view path, std::size_t bytesMax) {
  if (path.contains('\0')) return invalid("A file's path must not contain a zero byte");
  std::string out;
  while (!path.empty()) {
    const auto slash = std::min(path.find('/'), path.size());
    const auto part = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      out.append("/").append(part);
    } else if (out.empty()) {
      return invalid("A file's path must not lead out of the root");
    } else {
      out.resize(out.rfind('/'));
    }
  }
  if (out.size() > bytesMax) return invalid(fmt::format("A file's path has at most {} bytes, this one has {}", bytesMax, out.size()));
  return out.empty() ? "/" : out;
}

Result<std::string> fileName(std::string_view path, const Limits& limits) {
  REDD_TRY(std::string name, filePath(path, limits.filePathBytesMax));
  if (name == "/" || path.ends_with('/')) return invalid(fmt::format("{} names a directory, not a file", name));
  return name;
}

Error noSuchFile(std::string_view path) { return notFound(fmt::format("File not found: {}", path)); }

std::string_view contentTypeOf(std::string_view path) {
  const auto dot = path.rfind('.');
  std::string extension(dot == std::string_view::npos ? "" : path.substr(dot + 1));
  std::ranges::transform(extension, extension.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const auto found = std::ranges::lower_bound(kTypes, extension, {}, &Type::first);
  return found != kTypes.end() && found->first == extension ? found->second : "application/octet-stream";
}

}  // namespace redd::store
