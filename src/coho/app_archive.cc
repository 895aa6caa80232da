#include "app_archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/limits.h"
#include "files.h"
#include "text.h"

namespace redd::coho {
namespace fs = std::filesystem;
namespace {

constexpr Limits kLimits;
constexpr std::size_t kBlock = 512;
constexpr std::size_t kDeployFilesMax = 10'000;  // the server takes no more
constexpr std::size_t kShownMax = 5;

// Of a path below the app's folder.
bool isLeftOut(const fs::path& path) {
  const auto hidden = [](const fs::path& part) { return part == "node_modules" || part.native().starts_with('.'); };
  return std::ranges::any_of(path, hidden) || path == "config.json" || path == "config-dev.json";
}

// The server refuses what some readers would take for another path.
bool isPlain(std::string_view path) {
  return path.size() < kLimits.filePathBytesMax && inertLine(path) == path && !path.contains('\\');
}

class Finder {
 public:
  explicit Finder(const fs::path& folder) : folder_(folder) {}
  Result<AppFiles> find();

 private:
  Result<void> take(const fs::directory_entry& entry, const std::string& path);
  void leaveOut(std::string_view path, std::string_view why) { out_.warnings.push_back(fmt::format("{} is not sent: {}", inertLine(path), why)); }

  fs::path folder_;
  fs::path root_;
  AppFiles out_;
};

Result<AppFiles> Finder::find() {
  std::error_code failed;
  root_ = fs::canonical(folder_, failed);
  fs::recursive_directory_iterator entry;
  if (!failed) entry = fs::recursive_directory_iterator(root_, failed);
  for (; !failed && entry != fs::recursive_directory_iterator(); entry.increment(failed)) {
    const auto path = entry->path().lexically_relative(root_);
    if (isLeftOut(path)) {
      entry.disable_recursion_pending();
      continue;
    }
    REDD_TRY_VOID(take(*entry, path.generic_string()));
    if (out_.files.size() > kDeployFilesMax) {
      return Error::make(ErrorCode::payloadTooLarge, fmt::format("{} holds more than {} files. Fix: deploy a folder that holds only the app",
                                                                 folder_.string(), kDeployFilesMax));
    }
  }
  if (failed) return Error::make(ErrorCode::internal, fmt::format("cannot read the folder {}: {}", folder_.string(), failed.message()));
  std::ranges::sort(out_.files, {}, &AppFile::path);
  std::ranges::sort(out_.warnings);
  return std::move(out_);
}

Result<void> Finder::take(const fs::directory_entry& entry, const std::string& path) {
  std::error_code failed;
  auto place = entry.path();
  if (entry.is_symlink(failed)) {
    place = fs::canonical(place, failed);
    const auto target = place.lexically_relative(root_);
    if (failed || target.empty() || *target.begin() == "..") {
      leaveOut(path, failed ? "the link leads nowhere" : "the link leaves the folder");
      return {};
    }
    if (isLeftOut(target)) {
      leaveOut(path, "the link names a file that is not sent");
      return {};
    }
  } else if (entry.is_directory(failed)) {
    return {};
  }
  if (!fs::is_regular_file(place, failed)) {
    leaveOut(path, "it is no regular file");
    return {};
  }
  if (!isPlain(path)) {
    leaveOut(path, "its name is too long, not UTF-8, or holds a backslash or a control character");
    return {};
  }
  const auto bytes = fs::file_size(place, failed);
  if (failed) return Error::make(ErrorCode::internal, fmt::format("cannot read {}: {}", place.string(), failed.message()));
  out_.files.push_back({path, std::move(place), bytes});
  out_.bytes += bytes;
  return {};
}

Error tooLarge(AppFiles app) {
  const auto shown = std::min(kShownMax, app.files.size());
  std::ranges::partial_sort(app.files, app.files.begin() + static_cast<std::ptrdiff_t>(shown), std::ranges::greater(), &AppFile::bytes);
  std::string largest;
  for (std::size_t i = 0; i < shown; ++i) largest += fmt::format("\n  {}  {}", sizeText(app.files[i].bytes), inertLine(app.files[i].path));
  return Error::make(ErrorCode::payloadTooLarge,
                     fmt::format("the {} files of the app are too large: {}, a deploy has at most {}. Fix: move large files out of the folder. The "
                                 "largest:{}",
                                 app.files.size(), sizeText(app.bytes), sizeText(kLimits.deployBodyBytesMax), largest));
}

// ---- tar: ustar, and a pax record for what does not fit ----

void appendHeader(std::string& out, std::string_view name, std::size_t size, char type) {
  std::string header(kBlock, '\0');
  const auto put = [&header](std::size_t at, std::string_view text) { header.replace(at, text.size(), text); };
  put(0, name.substr(0, 100));
  put(100, "0000644");
  put(124, fmt::format("{:011o}", size));
  put(148, "        ");
  header[156] = type;
  put(257, std::string_view("ustar\00000", 8));
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<std::uint8_t>(c);
  put(148, std::string_view(fmt::format("{:06o}", sum) + '\0'));
  out += header;
}

void appendContent(std::string& out, std::string_view content) {
  out += content;
  out.append((kBlock - content.size() % kBlock) % kBlock, '\0');
}

void appendFile(std::string& out, const std::string& name, std::string_view content) {
  if (name.size() > 100) {
    const auto rest = fmt::format(" path={}\n", name);
    auto length = rest.size() + 1;
    while (std::to_string(length).size() + rest.size() != length) ++length;
    appendHeader(out, "path", length, 'x');
    appendContent(out, std::to_string(length) + rest);
  }
  appendHeader(out, name.size() > 100 ? std::string_view("long") : std::string_view(name), content.size(), '0');
  appendContent(out, content);
}

}  // namespace

Result<AppFiles> findAppFiles(const fs::path& folder) { return Finder(folder).find(); }

Result<std::string> makeArchive(std::string_view description, const AppFiles& app) {
  if (description.size() + app.bytes > kLimits.deployBodyBytesMax) return tooLarge(app);
  std::string out;
  out.reserve(description.size() + app.bytes + 2 * kBlock * (app.files.size() + 3));
  appendFile(out, "redd/deployment.json", description);
  for (const auto& file : app.files) {
    REDD_TRY(const auto content, readFile(file.place, kLimits.deployBodyBytesMax));
    if (!content) return notFound(fmt::format("{} vanished while it was read. Fix: deploy again", file.place.string()));
    appendFile(out, "source/" + file.path, *content);
  }
  out.append(2 * kBlock, '\0');
  if (out.size() > kLimits.deployBodyBytesMax) return tooLarge(app);
  return out;
}

}  // namespace redd::coho
