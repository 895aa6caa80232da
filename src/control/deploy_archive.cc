#include "deploy_archive.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>

#include "base/json.h"

namespace redd::control {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kPaxBytesMax = 16 << 10;
constexpr std::string_view kDescription = "redd/deployment.json";
constexpr std::string_view kFolder = "source/";

Error refused(std::string_view entry, std::string_view rule) {
  return invalid(fmt::format("The archive is refused: entry {}: {}.", json::quoted(entry.substr(0, 200)), rule));
}

std::string_view field(std::string_view header, std::size_t at, std::size_t bytes) { return header.substr(at, bytes); }

// A text field ends at its first zero byte; bytes behind that would be a second name that only some readers see.
std::optional<std::string_view> textField(std::string_view header, std::size_t at, std::size_t bytes) {
  const auto whole = field(header, at, bytes);
  const auto end = std::min(whole.find('\0'), whole.size());
  if (whole.find_first_not_of('\0', end) != std::string_view::npos) return std::nullopt;
  return whole.substr(0, end);
}

std::optional<std::uint64_t> octalField(std::string_view header, std::size_t at, std::size_t bytes) {
  auto text = field(header, at, bytes);
  while (text.starts_with(' ')) text.remove_prefix(1);
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number, 8);
  if (read.ec != std::errc{}) return std::nullopt;
  const auto rest = std::string_view(read.ptr, text.data() + text.size());
  return rest.find_first_not_of(std::string_view(" \0", 2)) == std::string_view::npos ? std::optional(number) : std::nullopt;
}

bool checksumFits(std::string_view header) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kBlock; ++i) sum += i >= 148 && i < 156 ? ' ' : static_cast<std::uint8_t>(header[i]);
  return octalField(header, 148, 8) == sum;
}

std::string_view kindName(char type) {
  switch (type) {
    case '1': return "a hard link";
    case '2': return "a symbolic link";
    case '3': case '4': return "a device";
    case '5': return "a directory";
    case '6': return "a pipe";
    case 'g': return "a header for all entries";
    case 'L': case 'K': return "a long name in GNU's form (Fix: write the archive as pax)";
    default: return "of an unknown type";
  }
}

std::optional<std::string_view> ruleBrokenBy(std::string_view path) {
  if (path.empty()) return "the name is empty";
  if (!simdjson::validate_utf8(path.data(), path.size())) return "the name is not UTF-8";
  if (std::ranges::any_of(path, [](char c) { return static_cast<std::uint8_t>(c) < ' ' || c == '\x7f'; })) return "the name holds a control byte";
  if (path.contains('\\')) return "the name holds a backslash";
  if (path.starts_with('/')) return "the path is absolute";
  for (auto rest = path;;) {
    const auto part = rest.substr(0, rest.find('/'));
    if (part.empty() || part == "." || part == "..") return "the path has an empty part, '.' or '..'";
    if (part.size() == rest.size()) return std::nullopt;
    rest.remove_prefix(part.size() + 1);
  }
}

class Reader {
 public:
  Reader(std::string_view tar, const Limits& limits) : rest_(tar), limits_(limits) {}
  Result<DeployArchive> read();

 private:
  Result<bool> readEntry();  // false: the end
  Result<std::string_view> contentOf(std::string_view header, std::string_view name);
  Result<void> readPax(std::string_view records);
  Result<void> accept(const std::string& name, std::string_view content);

  std::string_view rest_;
  const Limits& limits_;
  std::string longName_;  // of the entry that follows
  std::set<std::string, std::less<>> names_;
  DeployArchive out_;
};

Result<DeployArchive> Reader::read() {
  while (true) {
    REDD_TRY(const bool more, readEntry());
    if (!more) break;
  }
  if (names_.empty()) return refused(kDescription, "it is missing; it must be the first");
  return std::move(out_);
}

Result<bool> Reader::readEntry() {
  if (rest_.size() < kBlock) return invalid("The archive is refused: it is truncated, its end is missing.");
  const auto header = rest_.substr(0, kBlock);
  if (header.find_first_not_of('\0') == std::string_view::npos) {
    if (rest_.find_first_not_of('\0') != std::string_view::npos) return invalid("The archive is refused: something follows its end.");
    if (rest_.size() < 2 * kBlock || !longName_.empty()) return invalid("The archive is refused: it is truncated, its end is missing.");
    return false;
  }
  const auto magic = field(header, 257, 6);
  if (magic != std::string_view("ustar\0", 6)) return invalid("The archive is refused: it is no tar in the POSIX form (ustar or pax), uncompressed.");
  const auto base = textField(header, 0, 100);
  const auto prefix = textField(header, 345, 155);
  const auto shown = longName_.empty() ? std::string(base.value_or(field(header, 0, 100))) : longName_;
  if (!checksumFits(header)) return refused(shown, "its checksum is wrong");
  if (!base || !prefix) return refused(shown, "the name holds a zero byte");
  const char type = header[156];
  if (type == 'x') {
    if (!longName_.empty()) return refused(shown, "two pax headers follow each other");
    REDD_TRY(const auto records, contentOf(header, shown));
    REDD_TRY_VOID(readPax(records));
    return true;
  }
  if (type != '0' && type != '\0') return refused(shown, fmt::format("it is {}; only regular files are taken", kindName(type)));
  const auto mode = octalField(header, 100, 8);
  if (!mode || (*mode & 07000) != 0) return refused(shown, "it is set-uid, set-gid or sticky, or its mode is no number");
  const auto name = !longName_.empty() ? std::exchange(longName_, {}) : prefix->empty() ? std::string(*base) : fmt::format("{}/{}", *prefix, *base);
  REDD_TRY(const auto content, contentOf(header, name));
  REDD_TRY_VOID(accept(name, content));
  return true;
}

// Takes header and content off the rest.
Result<std::string_view> Reader::contentOf(std::string_view header, std::string_view name) {
  const auto size = octalField(header, 124, 12);
  if (!size) return refused(name, "its size is no octal number");
  rest_.remove_prefix(kBlock);
  if (*size > rest_.size()) return refused(name, fmt::format("it says it has {} bytes, but the archive ends before that", *size));
  const auto content = rest_.substr(0, *size);
  rest_.remove_prefix(std::min(rest_.size(), (*size + kBlock - 1) / kBlock * kBlock));
  return content;
}

// "LENGTH key=value\n"…: a name, and what does not matter here. Anything else would change what the entry is.
Result<void> Reader::readPax(std::string_view records) {
  constexpr std::array<std::string_view, 8> ignored{"mtime", "atime", "ctime", "uid", "gid", "uname", "gname", "comment"};
  if (records.size() > kPaxBytesMax) return refused("pax header", fmt::format("it has more than {} bytes", kPaxBytesMax));
  while (!records.empty()) {
    std::size_t length = 0;
    const auto read = std::from_chars(records.data(), records.data() + records.size(), length);
    const auto digits = static_cast<std::size_t>(read.ptr - records.data());
    if (read.ec != std::errc{} || length <= digits + 1 || length > records.size() || records[digits] != ' ' || records[length - 1] != '\n') {
      return refused("pax header", "its records are malformed");
    }
    const auto record = records.substr(digits + 1, length - digits - 2);
    records.remove_prefix(length);
    const auto equals = record.find('=');
    if (equals == std::string_view::npos) return refused("pax header", "its records are malformed");
    const auto key = record.substr(0, equals);
    if (key == "path" && longName_.empty() && equals + 1 < record.size()) {
      longName_ = record.substr(equals + 1);
    } else if (std::ranges::find(ignored, key) == ignored.end()) {
      return refused("pax header", fmt::format("the record {} is not taken", json::quoted(key.substr(0, 60))));
    }
  }
  return {};
}

Result<void> Reader::accept(const std::string& name, std::string_view content) {
  if (const auto rule = ruleBrokenBy(name)) return refused(name, *rule);
  if (names_.size() > kDeployFilesMax) return refused(name, fmt::format("it has more than {} files", kDeployFilesMax));
  const bool first = names_.empty();
  if (!names_.insert(name).second) return refused(name, "the name comes twice");
  if (first != (name == kDescription)) return refused(name, fmt::format("{} must be the first entry", kDescription));
  if (first) {
    out_.description = content;
    return {};
  }
  if (!name.starts_with(kFolder)) return refused(name, fmt::format("only {} and {}… are taken", kDescription, kFolder));
  auto path = name.substr(kFolder.size() - 1);
  if (path.size() > limits_.filePathBytesMax) return refused(name, fmt::format("the path has more than {} bytes", limits_.filePathBytesMax));
  out_.files.push_back({std::move(path), content});
  return {};
}

}  // namespace

Result<DeployArchive> readDeployArchive(std::string_view tar, const Limits& limits) { return Reader(tar, limits).read(); }

}  // namespace redd::control
