#include <fmt/format.h>

#include <filesystem>

#include "byte_stream.h"
#include "csv.h"
#include "data_commands.h"
#include "import_batch.h"
#include "json_splitter.h"
#include "text.h"
#include "transcoder.h"
#include "transfer_progress.h"

namespace redd::coho {
namespace {

constexpr std::string_view kEnough = "enough";  // an error that ends the reading and is none

Error enough() { return Error::make(ErrorCode::cancelled, std::string(kEnough)); }
bool isEnough(const Error& error) { return error.code == ErrorCode::cancelled && error.text() == kEnough; }

Result<char> separatorOf(const ImportArguments& arguments, const std::string& extension) {
  const auto& text = arguments.separator;
  if (text.empty()) return extension == ".tsv" ? '\t' : ',';
  if (text == "\\t" || text == "tab") return '\t';
  if (text.size() == 1 && text != "\"" && text != "\n" && text != "\r") return text[0];
  return invalid(fmt::format("--separator must be one character, as in --separator ';', or tab, and was given: {}", inertLine(text)));
}

// The source of documents: pieces of the input in, documents with their lines out.
class Source {
 public:
  using OnDocument = JsonSplitter::OnDocument;
  Source(DataFormat format, char separator, OnDocument onDocument)
      : format_(format),
        onDocument_(std::move(onDocument)),
        json_([this](std::string_view text, std::uint64_t line) { return onDocument_(text, line); }),
        csv_(separator, [this](std::vector<CsvField>& record, std::uint64_t line) { return take(record, line); }) {}

  Result<void> feed(std::string_view text) {
    if (format_ == DataFormat::detected && !detect(text)) return {};
    if (format_ == DataFormat::csv) return csv_.feed(text);
    return json_.feed(text);
  }
  Result<void> finish() { return format_ == DataFormat::csv ? csv_.finish() : json_.finish(); }
  const std::string& columnsLeftOut() const { return leftOut_; }

 private:
  // The first byte that says something: JSON begins with a bracket.
  bool detect(std::string_view text) {
    const auto first = text.find_first_not_of("\xef\xbb\xbf \t\r\n");
    if (first == std::string_view::npos) return false;
    format_ = text[first] == '[' || text[first] == '{' ? DataFormat::json : DataFormat::csv;
    return true;
  }
  Result<void> take(const std::vector<CsvField>& record, std::uint64_t line) {
    if (!documents_.hasHeader()) {
      REDD_TRY(leftOut_, documents_.header(record));
      return {};
    }
    REDD_TRY(const auto document, documents_.document(record, line));
    return onDocument_(document, line);
  }

  DataFormat format_;
  OnDocument onDocument_;
  JsonSplitter json_;
  CsvReader csv_;
  CsvDocuments documents_;
  std::string leftOut_;
};

struct Plan {
  std::string collection, file;
  DataFormat format;
  char separator;
};

Result<Plan> planOf(const ImportArguments& arguments) {
  auto words = arguments.words;
  Plan plan{arguments.collection, arguments.file, arguments.format, ','};
  for (auto* part : {&plan.collection, &plan.file}) {
    if (!part->empty() || words.empty()) continue;
    *part = words.front();
    words.erase(words.begin());
  }
  if (plan.collection.empty()) return invalid("no collection is named. Fix: coho import -c COLLECTION -f FILE");
  if (plan.file.empty()) return invalid("no file is named. Fix: -f FILE; - is standard input");
  if (!words.empty()) return invalid(fmt::format("one file at a time: '{}' is too much", inertLine(words.front())));
  const auto extension = std::filesystem::path(plan.file).extension().string();
  if (plan.format == DataFormat::detected && (extension == ".csv" || extension == ".tsv")) plan.format = DataFormat::csv;
  if (plan.format == DataFormat::detected && (extension == ".json" || extension == ".jsonl" || extension == ".ndjson")) plan.format = DataFormat::json;
  REDD_TRY(plan.separator, separatorOf(arguments, extension));
  return plan;
}

// What was read, and where it went.
struct Count {
  std::uint64_t seen = 0;
  std::uint64_t taken = 0;
};

Result<void> readAll(const ImportArguments& arguments, InputFile& input, Source& source, const std::function<void()>& onPiece) {
  REDD_TRY(auto transcoder, Transcoder::open(arguments.encoding));
  while (true) {
    REDD_TRY(const auto piece, input.read());
    if (piece.empty()) break;
    REDD_TRY(const auto text, transcoder.feed(piece));
    REDD_TRY_VOID(source.feed(text));
    onPiece();
  }
  REDD_TRY_VOID(transcoder.finish());
  return source.finish();
}

std::string howToGoOn(const ImportArguments& arguments, std::uint64_t stored) {
  if (arguments.skip + stored == 0) return "Nothing was stored";
  return fmt::format("{} document{} stored{}. To go on behind them: --skip {}", grouped(stored), stored == 1 ? " is" : "s are",
                     arguments.skip > 0 ? " in this run" : "", arguments.skip + stored);
}

}  // namespace

Result<ImportSummary> importFile(const Context& context, const ImportArguments& arguments) {
  REDD_TRY(const auto plan, planOf(arguments));
  REDD_TRY(auto input, InputFile::open(plan.file == "-" ? std::filesystem::path("-") : context.folder / plan.file));
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto client, context.connect());
  TransferProgress progress(context.terminal, arguments.isDryRun ? "checking" : "importing", input.bytesInAll());
  ImportBatches batches(client, collectionPath(target, plan.collection, "/import"));
  Count count;
  Source source(plan.format, plan.separator, [&](std::string_view document, std::uint64_t line) -> Result<void> {
    if (count.seen++ < arguments.skip) return {};
    if (arguments.rows && count.taken >= *arguments.rows) return enough();
    ++count.taken;
    return arguments.isDryRun ? Result<void>() : batches.add(document, line);
  });
  auto read = readAll(arguments, input, source, [&] { progress.show(arguments.isDryRun ? count.taken : batches.stored(), input.bytesRead()); });
  if (!read && isEnough(read.error())) read = {};
  // What was read before a line that cannot be is stored: the numbers that are told are those of the server.
  const auto sent = arguments.isDryRun ? Result<void>() : batches.finish();
  context.terminal.clearProgress();
  const auto& failed = !read ? read : sent;
  if (!failed) {
    const auto error = context.explain(client, target, failed.error());
    if (arguments.isDryRun) return error;
    return Error::make(error.code, fmt::format("{}. {}", error.text(), howToGoOn(arguments, batches.stored())));
  }
  return ImportSummary{plan.collection, count.taken, input.bytesRead(), source.columnsLeftOut(), progress.summary(count.taken, input.bytesRead())};
}

Result<void> importDocuments(const Context& context, const ImportArguments& arguments) {
  if (!arguments.fromCodehooks.empty()) return importFolder(context, arguments);
  REDD_TRY(const auto done, importFile(context, arguments));
  if (context.wantsJson()) {
    context.result({{"collection", done.collection}, {"count", done.documents}, {"dryRun", arguments.isDryRun}});
    return {};
  }
  if (!done.columnsLeftOut.empty()) context.terminal.note(fmt::format("Columns left out: {}", inertLine(done.columnsLeftOut)));
  context.terminal.out(fmt::format("{} {}: {}", arguments.isDryRun ? "Nothing stored, this was a dry run for" : "Imported into", inertLine(done.collection), done.text));
  return {};
}

}  // namespace redd::coho
