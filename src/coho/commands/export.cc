#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "byte_stream.h"
#include "data_commands.h"
#include "text.h"
#include "transfer_progress.h"

namespace redd::coho {
namespace {

DataFormat formatOf(const ExportArguments& arguments) {
  if (arguments.format != DataFormat::detected) return arguments.format;
  const auto extension = std::filesystem::path(arguments.file).extension().string();
  if (extension == ".csv" || extension == ".tsv") return DataFormat::csv;
  return extension == ".jsonl" || extension == ".ndjson" ? DataFormat::jsonLines : DataFormat::json;
}

Result<char> separatorOf(const ExportArguments& arguments) {
  if (arguments.separator.empty()) return arguments.file.ends_with(".tsv") ? '\t' : ',';
  if (arguments.separator == "\\t" || arguments.separator == "tab") return '\t';
  if (arguments.separator.size() == 1) return arguments.separator[0];
  return invalid("--separator must be one character, as in --separator ';', or tab");
}

struct Written {
  std::uint64_t documents = 0;
  std::uint64_t bytes = 0;
};

// The printer for people's formats; NDJSON is what the server sends, and passes through.
Result<void> transfer(const Context& context, const Client& client, Request request, const ExportArguments& arguments, OutputFile& output,
                      Written& written, TransferProgress& progress) {
  const auto format = formatOf(arguments);
  REDD_TRY(const auto separator, separatorOf(arguments));
  PrinterOptions options{.form = format == DataFormat::csv ? DocumentForm::csv : DocumentForm::array, .fields = {}, .separator = separator};
  if (!arguments.find.fields.starts_with('{')) options.fields = namesIn(arguments.find.fields);
  // Onto a terminal nothing goes that it would obey.
  const bool onScreen = arguments.file == "-" && context.terminal.outIsTerminal();
  options.screen = onScreen ? Screen::yes : Screen::no;
  if (format == DataFormat::jsonLines) options.form = DocumentForm::lines;
  const auto printer = DocumentPrinter::create(std::move(options), [&](std::string_view bytes) {
    written.bytes += bytes.size();
    return output.write(bytes);
  });
  LineReader lines;
  Result<void> done;
  const auto downloaded = client.download(std::move(request), [&](std::string_view piece) {
    if (format == DataFormat::jsonLines && !onScreen) {
      written.documents += static_cast<std::uint64_t>(std::ranges::count(piece, '\n'));
      written.bytes += piece.size();
      done = output.write(piece);
    } else {
      done = lines.feed(piece, [&](std::string_view line) {
        ++written.documents;
        return printer->add(line);
      });
    }
    progress.show(written.documents, written.bytes);
    return done.has_value();
  });
  context.terminal.clearProgress();
  REDD_TRY_VOID(done);
  REDD_TRY_VOID(downloaded);
  REDD_TRY_VOID(printer->finish());
  return output.commit();
}

}  // namespace

Result<void> exportDocuments(const Context& context, const ExportArguments& given) {
  auto arguments = given;
  if (arguments.file.empty()) arguments.file = "-";
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto collection, arguments.find.selection.collectionName());
  REDD_TRY(auto body, findBody(arguments.find, "jsonl"));
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(auto output, OutputFile::open(arguments.file == "-" ? std::filesystem::path("-") : context.folder / arguments.file));
  TransferProgress progress(context.terminal, "exporting", 0);
  Written written;
  Request request{.method = "POST", .path = collectionPath(target, collection, "/find"), .text = std::move(body), .totalMs = 0};
  const auto done = transfer(context, client, std::move(request), arguments, output, written, progress);
  if (!done) return context.explain(client, target, done.error());
  if (arguments.file == "-") {
    if (context.terminal.showsProgress()) context.terminal.note(progress.summary(written.documents, written.bytes));
  } else if (context.wantsJson()) {
    context.result({{"collection", collection}, {"file", arguments.file}, {"count", written.documents}, {"bytes", written.bytes}});
  } else {
    context.terminal.out(fmt::format("Exported {} to {}: {}", inertLine(collection), inertLine(arguments.file), progress.summary(written.documents, written.bytes)));
  }
  return {};
}

}  // namespace redd::coho
