// A folder as somebody fills it who leaves another service: `codehooks export -c NAME > NAME.json` and `codehooks query` for each collection.
// A file is a collection: NAME.json (an array, or one document a line), NAME.jsonl, NAME.ndjson, NAME.csv, NAME.tsv.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>

#include "data_commands.h"
#include "text.h"

namespace redd::coho {
namespace fs = std::filesystem;
namespace {

constexpr std::array<std::string_view, 5> kExtensions{".json", ".jsonl", ".ndjson", ".csv", ".tsv"};

struct Found {
  std::map<std::string, fs::path> collections;  // by name
  std::vector<std::string> others;
};

Result<Found> filesIn(const fs::path& folder) {
  Found out;
  std::error_code failed;
  for (auto one = fs::directory_iterator(folder, failed); !failed && one != fs::end(one); one.increment(failed)) {
    const auto& path = one->path();
    const auto name = path.filename().string();
    if (name.starts_with('.')) continue;
    if (!one->is_regular_file(failed) || std::ranges::find(kExtensions, path.extension().string()) == kExtensions.end()) {
      out.others.push_back(name);
    } else if (const auto [at, isFirst] = out.collections.emplace(path.stem().string(), path); !isFirst) {
      return invalid(fmt::format("{} and {} are both the collection {}. Fix: take one of them away", inertLine(at->second.filename().string()), inertLine(name),
                                 inertLine(path.stem().string())));
    }
  }
  if (failed) return notFound(fmt::format("cannot read the folder {}: {}", inertLine(folder.string()), failed.message()));
  if (out.collections.empty()) return notFound(fmt::format("there is no file of a collection in {}: NAME.json, .jsonl, .ndjson, .csv or .tsv", inertLine(folder.string())));
  return out;
}

void print(const Context& context, const std::vector<ImportSummary>& done, const Found& found, bool isDryRun) {
  if (context.wantsJson()) {
    Json collections = Json::array();
    for (const auto& one : done) collections.push_back({{"collection", one.collection}, {"count", one.documents}, {"bytes", one.bytes}});
    context.result({{"collections", collections}, {"skipped", found.others}, {"dryRun", isDryRun}});
    return;
  }
  Table table({"COLLECTION", "DOCUMENTS", "SIZE", "FILE"});
  std::uint64_t documents = 0;
  for (const auto& one : done) {
    documents += one.documents;
    table.add({one.collection, grouped(one.documents), sizeText(one.bytes), found.collections.at(one.collection).filename().string()});
  }
  print(context.terminal, table);
  for (const auto& name : found.others) context.terminal.note(fmt::format("Left out: {}", inertLine(name)));
  context.terminal.out(fmt::format("{} {} documents in {} collections", isDryRun ? "Nothing stored, this was a dry run: read" : "Imported", grouped(documents), done.size()));
}

}  // namespace

Result<void> importFolder(const Context& context, const ImportArguments& arguments) {
  if (!arguments.words.empty() || !arguments.file.empty() || !arguments.collection.empty()) {
    return invalid("--from-codehooks takes a folder, whose files name the collections: give neither -c nor -f with it");
  }
  REDD_TRY(const auto found, filesIn(context.folder / arguments.fromCodehooks));
  std::vector<ImportSummary> done;
  for (const auto& [collection, path] : found.collections) {
    auto one = arguments;
    one.fromCodehooks.clear();
    one.collection = collection;
    one.file = path.string();
    auto summary = importFile(context, one);
    if (!summary) {
      const auto& error = summary.error();
      return Error::make(error.code, fmt::format("{}: {}. {} of {} collections are done", inertLine(path.string()), error.text(), done.size(), found.collections.size()));
    }
    done.push_back(*std::move(summary));
  }
  print(context, done, found, arguments.isDryRun);
  return {};
}

}  // namespace redd::coho
