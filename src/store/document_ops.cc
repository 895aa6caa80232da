#include "document_ops.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/random.h"
#include "query/change.h"
#include "query/value.h"

namespace redd::store {
namespace {

constexpr std::size_t kChunk = 500;  // matches that are gathered before they are changed

struct Match {
  Plan::Place place;
  std::string json;
};

// Calls change(match) for the matches, in chunks, so that no scan runs while rows change.
template <class Do>
Result<void> forMatches(DocumentRows& rows, Plan& plan, Many many, Do&& change) {
  std::optional<Plan::Place> after;
  while (true) {
    std::vector<Match> matches;
    std::size_t bytes = 0;
    const auto gather = [&](const Plan::Match& match) -> Result<bool> {
      matches.push_back({match.place, std::string(match.json)});
      bytes += match.json.size();
      return many == Many::all && matches.size() < kChunk && bytes < kDocumentBytesMax;
    };
    REDD_TRY_VOID(plan.run(rows, after, Plan::Direction::forward, gather));
    for (const auto& match : matches) REDD_TRY_VOID(change(match));
    if (matches.empty() || many == Many::one) return {};
    after = matches.back().place;
  }
}

Result<void> checkExpected(const Selector& selector, const std::string& json) {
  if (!selector.expect) return {};
  query::Parser wanted, present;
  REDD_TRY(const auto* expected, wanted.parse(*selector.expect));
  REDD_TRY(const auto* found, present.parse(json));
  if (query::equal(*expected, *found)) return {};
  auto error = Error::make(ErrorCode::alreadyExists, "The document was changed meanwhile. Fix: look at 'current', and send the change again with it as 'expect'.");
  error.members = "\"current\":" + json;
  return error;
}

// What an upsert starts from: the id, or what the query says by equality (spec 40.6).
Result<std::string> upsertBase(const Selector& selector) {
  std::string base = "{";
  const auto add = [&base](std::string_view field, std::string_view json) {
    if (base.size() > 1) base += ',';
    json::appendString(base, field);
    base += ':';
    base += json;
  };
  if (selector.id) {
    add("_id", json::quoted(*selector.id));
  } else {
    REDD_TRY(const query::Filter filter, query::Filter::parse(selector.filter));
    for (const auto& [field, json] : filter.equalities()) add(field, json);
  }
  return base + "}";
}

}  // namespace

Result<std::vector<std::string>> insertDocuments(DocumentRows& rows, const std::string& collection,
                                                 const std::vector<std::string>& documents) {
  REDD_TRY(auto writer, DocumentWriter::make(rows, collection));
  std::vector<std::string> stored;
  stored.reserve(documents.size());
  for (const auto& text : documents) {
    REDD_TRY(query::Identified document, query::withId(text, objectId()));
    REDD_TRY_VOID(writer.insert(document.id, document.text));
    stored.push_back(std::move(document.text));
  }
  REDD_TRY_VOID(writer.enforceCap());
  return stored;
}

Result<std::uint64_t> putDocuments(DocumentRows& rows, const std::string& collection, const std::vector<std::string>& documents) {
  REDD_TRY(auto writer, DocumentWriter::make(rows, collection));
  for (const auto& text : documents) {
    REDD_TRY(const query::Identified document, query::withId(text, objectId()));
    REDD_TRY(const auto before, rows.get(collection, document.id));
    REDD_TRY_VOID(before ? writer.put(document.id, *before, document.text) : writer.insert(document.id, document.text));
  }
  REDD_TRY_VOID(writer.enforceCap());
  return documents.size();
}

Result<std::optional<std::string>> findOneDocument(DocumentRows& rows, const std::string& collection, const Selector& selector,
                                                   const std::string& options) {
  Find find{.filter = selector.filter, .options = options};
  if (selector.id) find.filter = fmt::format("{{\"_id\":{}}}", json::quoted(*selector.id));
  REDD_TRY(Finder finder, Finder::make(collection, find));
  REDD_TRY(auto items, finder.page(rows));
  return items.empty() ? std::nullopt : std::optional(std::move(items.front()));
}

namespace {

// What an upsert makes when nothing matched.
Result<Change> insertOne(DocumentWriter& writer, query::Identified document) {
  REDD_TRY_VOID(writer.insert(document.id, document.text));
  REDD_TRY_VOID(writer.enforceCap());
  return Change{1, std::move(document.text)};
}

}  // namespace

Result<Change> updateDocuments(DocumentRows& rows, const std::string& collection, const Selector& selector,
                               const std::string& change, Many many, Upsert upsert) {
  REDD_TRY(query::Change parsed, query::Change::parse(change));
  REDD_TRY(auto writer, DocumentWriter::make(rows, collection));
  REDD_TRY(Plan plan, Plan::make(rows, collection, selector));
  Change result;
  REDD_TRY_VOID(forMatches(rows, plan, many, [&](const Match& match) -> Result<void> {
    REDD_TRY_VOID(checkExpected(selector, match.json));
    REDD_TRY(std::string text, parsed.apply(match.json));
    REDD_TRY_VOID(writer.put(match.place.id, match.json, text));
    ++result.count;
    if (many == Many::one) result.document = std::move(text);
    return {};
  }));
  if (result.count > 0 || upsert == Upsert::no || selector.expect) return result;  // a document that somebody expected is not made anew
  REDD_TRY(const std::string base, upsertBase(selector));
  REDD_TRY(const std::string made, parsed.applyToNew(base));
  REDD_TRY(query::Identified document, query::withId(made, objectId()));
  return insertOne(writer, std::move(document));
}

Result<Change> replaceDocuments(DocumentRows& rows, const std::string& collection, const Selector& selector,
                                const std::string& document, Many many, Upsert upsert) {
  REDD_TRY(auto writer, DocumentWriter::make(rows, collection));
  REDD_TRY(Plan plan, Plan::make(rows, collection, selector));
  Change result;
  REDD_TRY_VOID(forMatches(rows, plan, many, [&](const Match& match) -> Result<void> {
    REDD_TRY_VOID(checkExpected(selector, match.json));
    REDD_TRY(std::string text, query::withFixedId(document, match.place.id));
    REDD_TRY_VOID(writer.put(match.place.id, match.json, text));
    ++result.count;
    if (many == Many::one) result.document = std::move(text);
    return {};
  }));
  if (result.count > 0 || upsert == Upsert::no || selector.expect) return result;  // a document that somebody expected is not made anew
  REDD_TRY(query::Identified made, query::withId(document, objectId()));
  if (const auto only = plan.onlyId()) {
    made.id = *only;
    REDD_TRY(made.text, query::withFixedId(document, made.id));
  }
  return insertOne(writer, std::move(made));
}

Result<std::vector<std::string>> removeDocuments(DocumentRows& rows, const std::string& collection, const Selector& selector,
                                                 Many many) {
  REDD_TRY(auto writer, DocumentWriter::make(rows, collection));
  REDD_TRY(Plan plan, Plan::make(rows, collection, selector));
  std::vector<std::string> ids;
  REDD_TRY_VOID(forMatches(rows, plan, many, [&](const Match& match) -> Result<void> {
    REDD_TRY_VOID(writer.erase(match.place.id, match.json));
    ids.push_back(match.place.id);
    return {};
  }));
  return ids;
}

Result<std::uint64_t> countDocuments(DocumentRows& rows, const std::string& collection, const std::string& filter) {
  REDD_TRY(Finder finder, Finder::make(collection, {.filter = filter, .options = "{}"}));
  return finder.countAll(rows);
}

}  // namespace redd::store
