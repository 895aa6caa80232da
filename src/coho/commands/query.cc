#include <fmt/format.h>

#include "data_commands.h"
#include "text.h"

namespace redd::coho {
namespace {

Result<void> printDocuments(const Context& context, const QueryArguments& arguments) {
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto collection, arguments.find.selection.collectionName());
  REDD_TRY(auto body, findBody(arguments.find, "jsonl"));
  REDD_TRY(const auto client, context.connect());
  auto& terminal = context.terminal;
  PrinterOptions options{.form = arguments.form.value_or(DocumentForm::array), .fields = {}, .width = terminal.width()};
  if (arguments.find.wantsExplain && !arguments.form) options.form = DocumentForm::pretty;
  if (!arguments.find.fields.starts_with('{')) options.fields = namesIn(arguments.find.fields);
  options.screen = terminal.outIsTerminal() ? Screen::yes : Screen::no;
  std::string page;  // what one piece of the answer makes is written at once
  const auto printer = DocumentPrinter::create(std::move(options), [&page](std::string_view bytes) -> Result<void> {
    page += bytes;
    return {};
  });
  LineReader lines;
  Result<void> printed;
  const auto downloaded = client.download(
      {.method = "POST", .path = collectionPath(target, collection, "/find"), .text = std::move(body), .totalMs = 0}, [&](std::string_view piece) {
        printed = lines.feed(piece, [&](std::string_view line) { return printer->add(line); });
        if (printed) printed = terminal.outBytes(page);
        page.clear();
        return printed.has_value();
      });
  if (!downloaded) return context.explain(client, target, downloaded.error());
  REDD_TRY_VOID(printed);
  REDD_TRY_VOID(printer->finish());
  return terminal.outBytes(page);
}

Result<std::string> checkedChange(const QueryArguments& arguments) {
  const auto parsed = parseJson(arguments.change);
  if (parsed && parsed->is_object()) return arguments.change;
  const auto option = arguments.action == QueryAction::update ? "--update" : "--replace";
  return invalid(fmt::format("{} needs a JSON object, as in {} '{{\"status\":\"open\"}}', and was given: {}", option, option, inertLine(arguments.change)));
}

struct Deed {
  std::string_view path, done;
};
Deed deedOf(QueryAction action) {
  if (action == QueryAction::remove) return {"/remove", "Deleted"};
  return action == QueryAction::update ? Deed{"/update", "Updated"} : Deed{"/replace", "Replaced"};
}

Result<void> change(const Context& context, const QueryArguments& arguments) {
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto collection, arguments.find.selection.collectionName());
  if (!arguments.find.selection.hasFilter()) {
    return invalid("no filter says which documents. Fix: give one, as in status=old; to change all documents the filter is '{}'");
  }
  REDD_TRY(const auto filter, arguments.find.selection.filter());
  std::string body = fmt::format(R"({{"filter":{})", filter);
  if (arguments.action != QueryAction::remove) {
    REDD_TRY(const auto text, checkedChange(arguments));
    body += fmt::format(R"(,"{}":{})", arguments.action == QueryAction::update ? "change" : "document", text);
  }
  REDD_TRY(const auto client, context.connect());
  const auto deed = deedOf(arguments.action);
  REDD_TRY(const auto answer, context.call(client, target,
                                           {.method = "POST", .path = collectionPath(target, collection, deed.path), .text = body + "}", .totalMs = 0}));
  if (context.wantsJson()) {
    context.result(answer);
  } else {
    const auto changed = static_cast<std::uint64_t>(numberOf(answer, "count"));
    context.terminal.out(fmt::format("{} {} document{} of {}", deed.done, grouped(changed), changed == 1 ? "" : "s", inertLine(collection)));
  }
  return {};
}

}  // namespace

Result<void> query(const Context& context, const QueryArguments& arguments) {
  switch (arguments.action) {
    case QueryAction::find: return printDocuments(context, arguments);
    case QueryAction::count: return count(context, arguments.find.selection);
    default: return change(context, arguments);
  }
}

Result<void> count(const Context& context, const Selection& selection) {
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto collection, selection.collectionName());
  REDD_TRY(const auto filter, selection.filter());
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto answer, context.call(client, target,
                                           {.method = "POST",
                                            .path = collectionPath(target, collection, "/count"),
                                            .text = fmt::format(R"({{"filter":{}}})", filter),
                                            .totalMs = 0}));
  if (context.wantsJson()) {
    context.result(answer);
  } else {
    context.terminal.out(std::to_string(numberOf(answer, "count")));
  }
  return {};
}

}  // namespace redd::coho
