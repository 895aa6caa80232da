// Spec 70.6 and 70.10: documents by query, with changes in headers; export and restore; 70.11: the list of collections.
#include <fmt/format.h>

#include <charconv>

#include "adm_endpoints.h"
#include "adm_relay.h"
#include "base/clock.h"
#include "json_writer.h"
#include "query/value.h"

namespace redd::control {
namespace {

using query::Kind;
using query::Value;

// A JSON object that came in a header or in the query, and how it is called in a refusal.
struct Given {
  std::string name;     // "the header x-options"
  std::string example;  // what it looks like when it is right
};
const Given kOptions{"The header x-options", R"({"limit":10,"reverse":true})"};
const Given kUpdate{"The header x-updatebyquery", R"({"$set":{"name":"Zilla"}})"};
const Given kReplace{"The header x-replacebyquery", R"({"name":"Zilla"})"};
const Given kFilter{"The parameter q", R"({"name":"Polly"})"};
const Given kHints{"The parameter h", R"({"count":true})"};

Error wrong(const Given& given, std::string_view what) { return invalid(fmt::format("{} {}. Fix: send {}", given.name, what, given.example)); }

Result<const Value*> readObject(query::Parser& parser, const std::string& text, const Given& given) {
  const auto parsed = parser.parse(text);
  if (!parsed) return wrong(given, "is not valid JSON");
  if ((*parsed)->kind != Kind::object) return wrong(given, "must be a JSON object");
  return *parsed;
}

// A whole number, also as text (spec 40.5).
std::optional<std::uint64_t> countIn(const Value& value) {
  const auto text = value.kind == Kind::text ? value.text : value.source;
  if (value.kind != Kind::text && value.kind != Kind::number) return std::nullopt;
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

std::string membersOf(const Value* object) {
  std::string out;
  if (object == nullptr) return out;
  for (const auto& member : object->members) {
    if (!out.empty()) out += ',';
    out += json::quoted(member.key) + ":" + query::textOf(member.value);
  }
  return out;
}

// What x-options and h say, as arguments of document.find.
struct Options {
  Arguments find;
  std::string hints;        // members of an object
  std::string narrowing;    // the first option that takes fewer documents than match
  bool wantsQueue = false;
};

Result<void> takeOption(Options& out, std::string_view name, const Value& value) {
  const auto must = [name](std::string_view kind) { return wrong(kOptions, fmt::format("has a '{}' that is not {}", name, kind)); };
  const auto narrow = [&out, name] {
    if (out.narrowing.empty()) out.narrowing = name;
  };
  if (value.kind == Kind::null) return {};
  if (name == "limit" || name == "offset") {
    const auto number = countIn(value);
    if (!number) return must("a whole number, 0 or more");
    out.find.set(name, *number);
    narrow();
  } else if (name == "useIndex") {
    if (value.kind != Kind::text) return must("the name of a field");
    out.find.set(name, std::string(value.text));
  } else if (name == "start" || name == "end") {
    if (value.kind != Kind::text && value.kind != Kind::number) return must("a number or a text");
    out.find.set(name, query::textOf(value));
    narrow();
  } else if (name == "reverse") {
    if (value.kind != Kind::boolean) return must("true or false");
    out.find.set(name, value.boolean);
  } else if (name == "enqueue") {
    if (value.kind != Kind::text) return must("the name of a queue");
    out.wantsQueue = true;
  } else if (name == "hints") {
    if (value.kind != Kind::object) return must("an object");
    if (!value.members.empty()) out.hints += (out.hints.empty() ? "" : ",") + membersOf(&value);
  } else {
    return wrong(kOptions, fmt::format("has an unknown '{}'; known are useIndex, start, end, limit, offset, reverse, enqueue, hints", name.substr(0, 60)));
  }
  return {};
}

Result<Options> readOptions(const AdmCall& adm, const AdmQuery& query) {
  Options out;
  query::Parser parser;
  if (const auto text = query.get("h"); !text.empty()) {
    REDD_TRY(const auto* hints, readObject(parser, text, kHints));
    out.hints = membersOf(hints);
  }
  if (const auto header = adm.head().headers.find("x-options"); header && !header->empty()) {
    const auto text = headerText(*header);
    REDD_TRY(const auto* options, readObject(parser, text, kOptions));
    for (const auto& member : options->members) REDD_TRY_VOID(takeOption(out, member.key, member.value));
  }
  return out;
}

bool isTruthy(const Value* value) {
  if (value == nullptr || value->kind == Kind::null) return false;
  if (value->kind == Kind::boolean) return value->boolean;
  return value->kind != Kind::number || value->number != 0;
}

bool asksForCount(const std::string& hints) {
  query::Parser parser;
  const auto text = "{" + hints + "}";  // the values are views into it
  const auto read = parser.parse(text);
  if (!read) return false;
  return isTruthy(query::find(**read, "$onlycount")) || isTruthy(query::find(**read, "$count")) || isTruthy(query::find(**read, "count"));
}

Result<std::string> filterOf(const AdmQuery& query) {
  auto text = query.get("q");
  if (text.empty()) return std::string("{}");
  query::Parser parser;
  REDD_TRY_VOID(readObject(parser, text, kFilter));
  return text;
}

// The one change that the headers ask for, if any.
struct Change {
  std::string_view operation;  // "": none
  std::string_view header;
  Arguments arguments;
};

Result<Change> readChange(const http::Headers& headers) {
  Change out;
  const auto take = [&out](std::string_view operation, std::string_view header) -> Result<void> {
    if (!out.operation.empty()) return invalid(fmt::format("The headers {} and {} exclude one another. Fix: send one of them", out.header, header));
    out.operation = operation;
    out.header = header;
    return {};
  };
  query::Parser parser;
  if (const auto text = headers.find("x-updatebyquery")) {
    REDD_TRY_VOID(take("documents.update", "x-updatebyquery"));
    auto change = headerText(*text);
    REDD_TRY_VOID(readObject(parser, change, kUpdate));
    out.arguments.set("change", std::move(change));
  }
  if (const auto text = headers.find("x-replacebyquery")) {
    REDD_TRY_VOID(take("documents.replace", "x-replacebyquery"));
    auto document = headerText(*text);
    REDD_TRY_VOID(readObject(parser, document, kReplace));
    out.arguments.set("document", std::move(document));
  }
  if (headers.find("x-deletebyquery")) REDD_TRY_VOID(take("documents.remove", "x-deletebyquery"));
  return out;
}

// Spec 70.6: a count is an array of one object, so that every printer of the client reads it.
Task<Result<void>> printCount(const AdmCall& adm, std::string_view operation, Arguments arguments) {
  REDD_CO_TRY(const auto answer, co_await adm.run(operation, std::move(arguments)));
  co_return co_await adm.print("[" + answer.body + "]");
}

}  // namespace

Task<Result<void>> admQueryCollection(const AdmCall& adm) {
  REDD_CO_TRY(const auto query, admQuery(adm.head().query(), {"q", "h"}));
  REDD_CO_TRY(auto filter, filterOf(query));
  REDD_CO_TRY(auto options, readOptions(adm, query));
  REDD_CO_TRY(auto change, readChange(adm.head().headers));
  if (options.wantsQueue) co_return wrong(kOptions, "has 'enqueue', and this server has no queues");
  if (!change.operation.empty()) {
    // Better than to change what the caller meant to leave alone.
    if (!options.narrowing.empty()) {
      co_return invalid(fmt::format("{} changes all documents that match, and x-options has '{}'. Fix: leave it out, and say in q which ones", change.header,
                                    options.narrowing));
    }
    change.arguments.set("collection", adm.target.rest);
    change.arguments.set("filter", std::move(filter));
    co_return co_await printCount(adm, change.operation, std::move(change.arguments));
  }
  Arguments arguments = asksForCount(options.hints) ? Arguments() : std::move(options.find);
  arguments.set("collection", adm.target.rest);
  arguments.set("filter", std::move(filter));
  if (asksForCount(options.hints)) co_return co_await printCount(adm, "document.count", std::move(arguments));
  arguments.set("hints", "{" + options.hints + "}");
  arguments.set("format", std::string("json"));
  co_return co_await adm.stream("document.find", std::move(arguments), adm.exchange);
}

Task<Result<void>> admExport(const AdmCall& adm) {
  Arguments arguments;
  arguments.set("collection", adm.target.rest);
  arguments.set("format", std::string("json"));
  co_return co_await adm.stream("document.find", std::move(arguments), adm.exchange);
}

Task<Result<void>> admRestore(const AdmCall& adm) {
  Arguments arguments;
  arguments.set("collection", adm.target.rest);
  RestoreRelay relay(adm.exchange, adm.services.limits.deployBodyBytesMax);
  co_return co_await adm.stream("document.import", std::move(arguments), relay);
}

Task<Result<void>> admCollections(const AdmCall& adm) {
  REDD_CO_TRY(const auto answer, co_await adm.run("collection.list", {}));
  query::Parser parser;
  REDD_CO_TRY(const auto* told, parser.parse(answer.body));
  const auto* collections = query::find(*told, "collections");
  REDD_CHECK(collections != nullptr);
  const auto one = [](const Value& collection) {
    JsonObject indexes;
    for (const auto& index : query::find(collection, "indexes")->elements) {
      std::string fields;
      for (const auto& field : query::find(index, "fields")->elements) fields += (fields.empty() ? "" : ",") + std::string(field.text);
      indexes.text(fields, "string");
    }
    const auto& name = *query::find(collection, "name");
    const auto created = isoTime(static_cast<UnixMs>(query::find(collection, "createdMs")->number));
    return fmt::format("[{},{}]", name.source, JsonObject().raw("name", name.source).text("created", created).raw("indexes", indexes.end()).end());
  };
  co_return co_await adm.print("[" + JsonObject().raw("collections", jsonList(collections->elements, one)).end() + "]");
}

}  // namespace redd::control
