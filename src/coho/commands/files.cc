#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <ctime>
#include <filesystem>

#include "byte_stream.h"
#include "file_commands.h"
#include "http/upload.h"
#include "text.h"

namespace redd::coho {
namespace fs = std::filesystem;
namespace {

constexpr std::uint32_t kConnectMs = 5'000;
constexpr std::size_t kDepthMax = 512;  // a path of 1 KiB has no more directories

struct At {
  Target target;
  Client client;
  std::string list(std::string_view path) const { return target.path("/files?path=" + segment(path)); }
  std::string content(std::string_view path) const { return target.path("/files/content?path=" + segment(path)); }
};

Result<At> find(const Context& context) {
  REDD_TRY(auto target, context.target());
  REDD_TRY(auto client, context.connect());
  return At{std::move(target), std::move(client)};
}

Result<Json> entriesOf(const Context& context, const At& at, const std::string& path) {
  REDD_TRY(const auto answer, context.call(at.client, at.target, {.path = at.list(path)}));
  return memberOf(answer, "files");
}

std::string timeText(std::int64_t ms) {
  const std::time_t seconds = ms / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min);
}

struct Upload {
  fs::path source;
  std::string path;
  std::uint64_t bytes = 0;
};

std::string joined(std::string_view directory, std::string_view name) {
  return fmt::format("{}{}{}", directory, directory.ends_with('/') ? "" : "/", name);
}

Result<void> addFolder(const fs::path& folder, const std::string& target, std::vector<Upload>& out) {
  std::error_code failed;
  for (auto one = fs::recursive_directory_iterator(folder, failed); !failed && one != fs::end(one); one.increment(failed)) {
    std::error_code ignored;
    if (!one->is_regular_file(ignored)) continue;
    out.push_back({one->path(), joined(target, one->path().lexically_relative(folder).generic_string()), one->file_size(ignored)});
  }
  if (failed) return notFound(fmt::format("cannot read the folder {}: {}", inertLine(folder.string()), failed.message()));
  return {};
}

Result<std::vector<Upload>> uploadsOf(const Context& context, const FileArguments& arguments) {
  std::vector<Upload> out;
  const auto target = arguments.target.empty() ? std::string("/") : arguments.target;
  for (const auto& name : arguments.paths) {
    const auto source = (context.folder / name).lexically_normal();
    std::error_code failed;
    if (fs::is_directory(source, failed)) {
      REDD_TRY_VOID(addFolder(source, target, out));
      continue;
    }
    if (!fs::exists(source, failed)) return notFound(fmt::format("there is no file {}", inertLine(name)));
    const bool isWholePath = arguments.paths.size() == 1 && fs::path(target).has_extension();
    out.push_back({source, isWholePath ? target : joined(target, source.filename().string()), fs::file_size(source, failed)});
  }
  std::ranges::sort(out, {}, &Upload::path);
  return out;
}

Result<Json> send(const At& at, const Upload& upload, const std::function<void(std::uint64_t)>& onPiece) {
  REDD_TRY(auto input, InputFile::open(upload.source));
  const auto& login = at.client.login();
  http::ClientRequest request;
  request.method = "PUT";
  request.url = login.url + "/_/api/v1" + at.content(upload.path);
  request.headers = {{"authorization", "Bearer " + login.token}, {"accept", "application/json"}, {"user-agent", "coho/" REDD_VERSION}};
  request.connectMs = kConnectMs;
  request.totalMs = 0;
  request.caFile = login.caFile;
  const auto bytes = input.bytesInAll();
  http::UploadBody body{bytes, [&]() -> Result<std::string_view> {
                          REDD_TRY(const auto piece, input.read());
                          if (piece.empty() && input.bytesRead() != bytes) return invalid(inertLine(upload.source.string()) + " changed while it was read");
                          onPiece(input.bytesRead());
                          return piece;
                        }};
  const auto response = http::upload(std::move(request), std::move(body));
  if (!response) return Error::make(response.error().code, fmt::format("{}: {}", login.url, inertExcerpt(response.error().text(), 3)));
  auto json = parseJson(response->body);
  if (!json || !json->is_object()) return Error::make(ErrorCode::unavailable, fmt::format("{} answered {} without JSON", login.url, response->status));
  if (response->status != 200) return at.client.refusal({response->status, std::move(*json)});
  return std::move(*json);
}

// All files at and below a directory.
Result<void> collect(const Context& context, const At& at, const std::string& directory, std::size_t depth, std::vector<std::string>& out) {
  if (depth > kDepthMax) return invalid("the directories of the file store are too deep");
  REDD_TRY(const auto entries, entriesOf(context, at, directory));
  for (const auto& entry : entries) {
    if (textOf(entry, "type") == "directory") {
      REDD_TRY_VOID(collect(context, at, textOf(entry, "path"), depth + 1, out));
    } else {
      out.push_back(textOf(entry, "path"));
    }
  }
  return {};
}

Result<std::vector<std::string>> matching(const Context& context, const At& at, const std::string& pattern) {
  const RE2 expression(pattern, RE2::Quiet);
  if (!expression.ok()) return invalid(fmt::format("--match is not a regular expression: {}", inertLine(expression.error())));
  std::vector<std::string> all;
  REDD_TRY_VOID(collect(context, at, "/", 0, all));
  std::erase_if(all, [&](const std::string& path) { return !RE2::PartialMatch(path, expression); });
  return all;
}

// As it is named, when there is such a file.
Result<void> requireFile(const Context& context, const At& at, const std::string& path) {
  REDD_TRY(const auto entries, entriesOf(context, at, path.substr(0, path.rfind('/') + 1)));
  const auto name = path.substr(path.rfind('/') + 1);
  for (const auto& entry : entries) {
    if (textOf(entry, "name") == name && textOf(entry, "type") == "file") return {};
  }
  return notFound("File not found: " + inertLine(path));
}

}  // namespace

Result<void> listFiles(const Context& context, const FileArguments& arguments) {
  const auto path = arguments.paths.empty() ? std::string("/") : arguments.paths.front();
  REDD_TRY(const auto at, find(context));
  REDD_TRY(const auto answer, context.call(at.client, at.target, {.path = at.list(path)}));
  const auto entries = memberOf(answer, "files");
  const bool isEmpty = !entries.is_array() || entries.empty();
  if (isEmpty && textOf(answer, "path") != "/") return notFound(fmt::format("there is no directory {} in the file store", inertLine(path)));
  if (context.wantsJson()) {
    context.result(answer);
    return {};
  }
  if (isEmpty) {
    context.terminal.out(fmt::format("{}\nNo files yet. To store some: coho files put FOLDER", at.target.label()));
    return {};
  }
  Table table({"NAME", "SIZE", "MODIFIED (UTC)", "TYPE"});
  for (const auto& entry : entries) {
    if (textOf(entry, "type") == "directory") {
      table.add({textOf(entry, "name") + "/", "", "", ""});
    } else {
      table.add({textOf(entry, "name"), sizeText(static_cast<std::size_t>(numberOf(entry, "size"))), timeText(numberOf(entry, "modified")),
                 textOf(entry, "contentType")});
    }
  }
  print(context.terminal, table);
  return {};
}

Result<void> putFiles(const Context& context, const FileArguments& arguments) {
  REDD_TRY(const auto uploads, uploadsOf(context, arguments));
  if (uploads.empty()) return notFound("there are no files to store");
  REDD_TRY(const auto at, find(context));
  std::uint64_t bytesInAll = 0, bytesDone = 0;
  for (const auto& one : uploads) bytesInAll += one.bytes;
  auto files = Json::array();
  for (const auto& one : uploads) {
    const auto stored = send(at, one, [&](std::uint64_t bytes) {
      context.terminal.progress(fmt::format("storing {} of {}  {} of {}  {}", files.size() + 1, uploads.size(), sizeText(bytesDone + bytes),
                                            sizeText(bytesInAll), inertLine(one.path)));
    });
    context.terminal.clearProgress();
    if (!stored) {
      const auto error = context.explain(at.client, at.target, stored.error());
      return Error::make(error.code, fmt::format("{}: {}. {} of {} files are stored", inertLine(one.path), error.text(), files.size(), uploads.size()));
    }
    bytesDone += one.bytes;
    files.push_back(*stored);
    if (!context.wantsJson()) context.terminal.out(inertLine(textOf(*stored, "path")));
  }
  if (context.wantsJson()) {
    context.result({{"files", files}, {"count", files.size()}, {"bytes", bytesDone}});
  } else {
    context.terminal.out(fmt::format("Stored {} file{} ({})", grouped(files.size()), files.size() == 1 ? "" : "s", sizeText(bytesDone)));
  }
  return {};
}

Result<void> getFile(const Context& context, const FileArguments& arguments) {
  const auto& path = arguments.paths.front();
  const auto file = arguments.file.empty() ? fs::path(path).filename().string() : arguments.file;
  if (file.empty()) return invalid(fmt::format("{} names a directory, and no file", inertLine(path)));
  REDD_TRY(const auto at, find(context));
  REDD_TRY(auto output, OutputFile::open(file == "-" ? fs::path("-") : context.folder / file));
  const bool onScreen = file == "-" && context.terminal.outIsTerminal();  // onto a terminal nothing goes that it would obey
  std::uint64_t bytes = 0;
  Result<void> written;
  const auto downloaded = at.client.download({.path = at.content(path), .totalMs = 0}, [&](std::string_view piece) {
    bytes += piece.size();
    written = onScreen ? output.write(inert(piece)) : output.write(piece);
    if (file != "-") context.terminal.progress(fmt::format("fetching {}  {}", inertLine(path), sizeText(bytes)));
    return written.has_value();
  });
  context.terminal.clearProgress();
  if (!downloaded) return context.explain(at.client, at.target, downloaded.error());
  REDD_TRY_VOID(written);
  REDD_TRY_VOID(output.commit());
  if (file == "-") return {};
  if (context.wantsJson()) {
    context.result({{"path", path}, {"file", file}, {"bytes", bytes}});
  } else {
    context.terminal.out(fmt::format("Fetched {} to {} ({})", inertLine(path), inertLine(file), sizeText(bytes)));
  }
  return {};
}

Result<void> removeFiles(const Context& context, const FileArguments& arguments) {
  if (arguments.paths.empty() == arguments.match.empty()) return invalid("name files, or all that match with --match REGEX: one of the two");
  REDD_TRY(const auto at, find(context));
  auto paths = arguments.paths;
  if (paths.empty()) {
    REDD_TRY(paths, matching(context, at, arguments.match));
  }
  for (const auto& path : paths) {
    if (!arguments.isDryRun) {
      REDD_TRY_VOID(context.call(at.client, at.target, {.method = "DELETE", .path = at.list(path)}));
    } else if (arguments.match.empty()) {
      REDD_TRY_VOID(requireFile(context, at, path));
    }
    if (!context.wantsJson()) context.terminal.out(inertLine(path));
  }
  if (context.wantsJson()) {
    context.result({{"files", paths}, {"count", paths.size()}, {"dryRun", arguments.isDryRun}});
  } else {
    context.terminal.out(fmt::format("{} {} file{}", arguments.isDryRun ? "Dry run, would remove" : "Removed", grouped(paths.size()), paths.size() == 1 ? "" : "s"));
  }
  return {};
}

}  // namespace redd::coho
