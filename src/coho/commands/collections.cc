#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/clock.h"
#include "data_commands.h"
#include "files.h"
#include "text.h"

namespace redd::coho {
namespace {

constexpr std::size_t kSchemaBytesMax = 1 << 20;

struct At {
  Target target;
  Client client;
  std::string collection;
  std::string path(std::string_view rest = {}) const { return collectionPath(target, collection, rest); }
};

Result<At> find(const Context& context, const CollectionArguments& arguments) {
  REDD_TRY(auto target, context.target());
  REDD_TRY(auto name, (Selection{arguments.name, {}, arguments.words}.collectionName()));
  REDD_TRY(auto client, context.connect());
  return At{std::move(target), std::move(client), std::move(name)};
}

Result<std::string> schemaText(const Context& context, const std::string& file) {
  REDD_TRY(const auto text, readFile(context.folder / file, kSchemaBytesMax));
  if (!text) return notFound(fmt::format("there is no file {}", inertLine(file)));
  const auto parsed = parseJson(*text);
  if (!parsed || !parsed->is_object()) return invalid(fmt::format("{} is not a JSON object. Fix: a JSON Schema is one, as in {{\"type\":\"object\"}}", inertLine(file)));
  return *text;
}

Result<void> done(const Context& context, const Json& answer, std::string_view sentence) {
  if (context.wantsJson()) {
    context.result(answer);
  } else {
    context.terminal.out(sentence);
  }
  return {};
}

// One request, its sentence or its JSON.
Result<void> ask(const Context& context, const At& at, Request request, std::string_view sentence) {
  REDD_TRY(const auto answer, context.call(at.client, at.target, std::move(request)));
  return done(context, answer, sentence);
}

std::string indexesText(const Json& collection) {
  std::string out;
  for (const auto& index : memberOf(collection, "indexes")) {
    if (!out.empty()) out += "  ";
    out += fmt::format("{}{}", fmt::join(textsOf(index, "fields"), ","), textOf(index, "state") == "building" ? " (building)" : "");
  }
  return out;
}

// The fields of each index: from -i, or from the words behind the collection.
Result<std::vector<std::vector<std::string>>> indexFields(const CollectionArguments& arguments) {
  auto lists = arguments.indexes;
  if (lists.empty()) {
    for (std::size_t i = arguments.name.empty() ? 1 : 0; i < arguments.words.size(); ++i) lists.push_back(arguments.words[i]);
  }
  std::vector<std::vector<std::string>> out;
  for (const auto& list : lists) {
    if (auto names = namesIn(list); !names.empty()) out.push_back(std::move(names));
  }
  if (out.empty()) return invalid("no field is named. Fix: -i FIELD, or -i FIELD,FIELD for one index over several");
  return out;
}

// The lines of the building of an index: progress, then how it ended.
Result<void> build(const Context& context, const At& at, const std::vector<std::string>& fields) {
  const auto label = inertLine(fmt::format("{} of {}", fmt::join(fields, ","), at.collection));
  LineReader lines;
  Json last;
  Result<void> read;
  const auto downloaded = at.client.download(
      {.method = "POST", .path = at.path("/indexes"), .body = {{"fields", fields}}, .totalMs = 0}, [&](std::string_view piece) {
        read = lines.feed(piece, [&](std::string_view line) -> Result<void> {
          REDD_TRY(last, parseJson(line));
          context.terminal.progress(fmt::format("indexing {}: {} documents", label, grouped(static_cast<std::uint64_t>(numberOf(last, "processed")))));
          return {};
        });
        return read.has_value();
      });
  context.terminal.clearProgress();
  if (!downloaded) return context.explain(at.client, at.target, downloaded.error());
  REDD_TRY_VOID(read);
  if (!flagOf(last, "finished")) return at.client.refusal({500, last});
  return done(context, {{"collection", at.collection}, {"fields", fields}, {"processed", numberOf(last, "processed")}},
              fmt::format("Index on {} ({} documents)", label, grouped(static_cast<std::uint64_t>(numberOf(last, "processed")))));
}

}  // namespace

Result<void> listCollections(const Context& context, SystemCollections system) {
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto client, context.connect());
  const auto path = target.path(system == SystemCollections::shown ? "/collections?system=true" : "/collections");
  REDD_TRY(const auto answer, context.call(client, target, {.path = path}));
  if (context.wantsJson()) {
    context.result(answer);
    return {};
  }
  const auto collections = memberOf(answer, "collections");
  if (!collections.is_array() || collections.empty()) {
    context.terminal.out(fmt::format("{}\nNo collections yet: the first document makes one.", target.label()));
    return {};
  }
  Table table({"NAME", "DOCUMENTS", "SCHEMA", "CAP", "INDEXES"});
  for (const auto& one : collections) {
    const auto cap = memberOf(one, "cap");
    table.add({textOf(one, "name"), grouped(static_cast<std::uint64_t>(numberOf(one, "documents"))), memberOf(one, "schema").is_null() ? "-" : "yes",
               cap.is_null() ? "-" : grouped(static_cast<std::uint64_t>(numberOf(one, "cap"))), indexesText(one)});
  }
  print(context.terminal, table);
  return {};
}

Result<void> listAdvice(const Context& context) {
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto answer, context.call(client, target, {.path = target.path("/advice")}));
  if (context.wantsJson()) {
    context.result(answer);
    return {};
  }
  const auto advice = memberOf(answer, "advice");
  if (!advice.is_array() || advice.empty()) {
    context.terminal.out(fmt::format("{}\nNo query wants an index: none that lacks one has read much and returned little since the server started.", target.label()));
    return {};
  }
  Table table({"COLLECTION", "INDEX", "QUERIES", "READ EACH", "RETURNED EACH", "SLOWEST", "LAST"});
  for (const auto& one : advice) {
    table.add({textOf(one, "collection"), fmt::format("{}", fmt::join(textsOf(one, "fields"), ",")), grouped(static_cast<std::uint64_t>(numberOf(one, "queries"))),
               grouped(static_cast<std::uint64_t>(numberOf(one, "readAverage"))), grouped(static_cast<std::uint64_t>(numberOf(one, "returnedAverage"))),
               fmt::format("{} ms", numberOf(one, "slowestMs")), isoTime(numberOf(one, "lastMs"))});
  }
  print(context.terminal, table);
  context.terminal.out("\nFix: coho createindex COLLECTION -i INDEX");
  return {};
}

Result<void> createCollection(const Context& context, const CollectionArguments& arguments) {
  REDD_TRY(const auto at, find(context, arguments));
  std::string body = "{";
  if (!arguments.schemaFile.empty()) {
    REDD_TRY(const auto schema, schemaText(context, arguments.schemaFile));
    body += fmt::format(R"("schema":{})", schema);
  }
  if (arguments.cap) body += fmt::format(R"({}"cap":{})", body.size() > 1 ? "," : "", *arguments.cap);
  return ask(context, at, {.method = "PUT", .path = at.path(), .text = body + "}"}, fmt::format("Collection {}", inertLine(at.collection)));
}

Result<void> dropCollection(const Context& context, const CollectionArguments& arguments) {
  REDD_TRY(const auto at, find(context, arguments));
  return ask(context, at, {.method = "DELETE", .path = at.path(), .totalMs = 0}, fmt::format("Dropped {}", inertLine(at.collection)));
}

Result<void> addSchema(const Context& context, const CollectionArguments& arguments) {
  REDD_TRY(const auto schema, schemaText(context, arguments.schemaFile));
  REDD_TRY(const auto at, find(context, arguments));
  return ask(context, at, {.method = "PUT", .path = at.path("/schema"), .text = fmt::format(R"({{"schema":{}}})", schema)},
             fmt::format("New and changed documents of {} must fit {}", inertLine(at.collection), inertLine(arguments.schemaFile)));
}

Result<void> removeSchema(const Context& context, const CollectionArguments& arguments) {
  REDD_TRY(const auto at, find(context, arguments));
  return ask(context, at, {.method = "DELETE", .path = at.path("/schema")}, fmt::format("{} has no schema now", inertLine(at.collection)));
}

Result<void> capCollection(const Context& context, const CollectionArguments& arguments) {
  if (!arguments.cap) return invalid("no number is given. Fix: --cap N keeps the newest N documents");
  REDD_TRY(const auto at, find(context, arguments));
  return ask(context, at, {.method = "PUT", .path = at.path("/cap"), .body = {{"cap", *arguments.cap}}, .totalMs = 0},
             fmt::format("{} keeps its newest {} documents", inertLine(at.collection), grouped(*arguments.cap)));
}

Result<void> uncapCollection(const Context& context, const CollectionArguments& arguments) {
  REDD_TRY(const auto at, find(context, arguments));
  return ask(context, at, {.method = "DELETE", .path = at.path("/cap")}, fmt::format("{} keeps all documents", inertLine(at.collection)));
}

Result<void> createIndex(const Context& context, const CollectionArguments& arguments) {
  REDD_TRY(const auto all, indexFields(arguments));
  REDD_TRY(const auto at, find(context, arguments));
  for (const auto& fields : all) REDD_TRY_VOID(build(context, at, fields));
  return {};
}

Result<void> removeIndex(const Context& context, const CollectionArguments& arguments) {
  REDD_TRY(const auto all, indexFields(arguments));
  REDD_TRY(const auto at, find(context, arguments));
  for (const auto& fields : all) {
    std::string path = at.path("/indexes");
    for (const auto& field : fields) path += (path.contains('?') ? "&fields=" : "?fields=") + segment(field);
    REDD_TRY_VOID(ask(context, at, {.method = "DELETE", .path = std::move(path), .totalMs = 0},
                      inertLine(fmt::format("Removed the index on {} of {}", fmt::join(fields, ","), at.collection))));
  }
  return {};
}

}  // namespace redd::coho
