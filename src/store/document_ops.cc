#include "document_ops.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/random.h"
#include "query/change.h"

namespace redd::store {
namespace {

constexpr std::size_t kChunk = 500;  // matches that are gathered before they are changed

Result<void> checkSize(std::string_view json) {
  if (json.size() <= kDocumentBytesMax) return {};
  return Error::make(ErrorCode::payloadTooLarge, fmt::format("3 INVALID_ARGUMENT: the document has {} bytes, at most {} are allowed",
                                                             json.size(), kDocumentBytesMax));
}

Result<void> insertNew(DocumentRows& rows, const std::string& collection, const query::Identified& document) {
  REDD_TRY_VOID(checkSize(document.text));
  REDD_TRY(const bool isNew, rows.insert(collection, document.id, document.text));
  if (!isNew) return Error::make(ErrorCode::alreadyExists, "6 ALREADY_EXISTS: duplicate _id");
  return {};
}

struct Match {
  std::string id;
  std::string json;
};

// Calls change(match) for the matches, in chunks, so that no scan runs while rows change.
template <class Do>
Result<void> forMatches(DocumentRows& rows, const std::string& collection, const Plan& plan, Many many, Do&& change) {
  std::optional<std::string> after;
  while (true) {
    std::vector<Match> matches;
    std::size_t bytes = 0;
    const auto gather = [&](std::string_view id, const query::Value&, std::string_view json) -> Result<bool> {
      matches.push_back({std::string(id), std::string(json)});
      bytes += json.size();
      return many == Many::all && matches.size() < kChunk && bytes < kDocumentBytesMax;
    };
    REDD_TRY_VOID(plan.run(rows, collection, after, DocumentRows::Direction::forward, gather));
    for (const auto& match : matches) REDD_TRY_VOID(change(match));
    if (matches.empty() || many == Many::one) return {};
    after = matches.back().id;
  }
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
  std::vector<std::string> stored;
  stored.reserve(documents.size());
  for (const auto& text : documents) {
    REDD_TRY(query::Identified document, query::withId(text, objectId()));
    REDD_TRY_VOID(insertNew(rows, collection, document));
    stored.push_back(std::move(document.text));
  }
  return stored;
}

Result<std::optional<std::string>> findOneDocument(DocumentRows& rows, const std::string& collection, const Selector& selector,
                                                   const std::string& options) {
  Find find{.filter = selector.filter, .options = options};
  if (selector.id) find.filter = fmt::format("{{\"_id\":{}}}", json::quoted(*selector.id));
  REDD_TRY(Finder finder, Finder::make(collection, find));
  REDD_TRY(auto items, finder.page(rows));
  return items.empty() ? std::nullopt : std::optional(std::move(items.front()));
}

Result<Change> updateDocuments(DocumentRows& rows, const std::string& collection, const Selector& selector,
                               const std::string& change, Many many, Upsert upsert) {
  REDD_TRY(query::Change parsed, query::Change::parse(change));
  REDD_TRY(const Plan plan, Plan::make(selector));
  Change result;
  REDD_TRY_VOID(forMatches(rows, collection, plan, many, [&](const Match& match) -> Result<void> {
    REDD_TRY(std::string text, parsed.apply(match.json));
    REDD_TRY_VOID(checkSize(text));
    if (text != match.json) REDD_TRY_VOID(rows.put(collection, match.id, text));
    ++result.count;
    if (many == Many::one) result.document = std::move(text);
    return {};
  }));
  if (result.count > 0 || upsert == Upsert::no) return result;
  REDD_TRY(const std::string base, upsertBase(selector));
  REDD_TRY(const std::string made, parsed.apply(base));
  REDD_TRY(query::Identified document, query::withId(made, objectId()));
  REDD_TRY_VOID(insertNew(rows, collection, document));
  return Change{1, std::move(document.text)};
}

Result<Change> replaceDocuments(DocumentRows& rows, const std::string& collection, const Selector& selector,
                                const std::string& document, Many many, Upsert upsert) {
  REDD_TRY_VOID(checkSize(document));
  REDD_TRY(const Plan plan, Plan::make(selector));
  Change result;
  REDD_TRY_VOID(forMatches(rows, collection, plan, many, [&](const Match& match) -> Result<void> {
    REDD_TRY(std::string text, query::withFixedId(document, match.id));
    REDD_TRY_VOID(rows.put(collection, match.id, text));
    ++result.count;
    if (many == Many::one) result.document = std::move(text);
    return {};
  }));
  if (result.count > 0 || upsert == Upsert::no) return result;
  REDD_TRY(query::Identified made, query::withId(document, objectId()));
  if (plan.ids && plan.ids->size() == 1) {
    made.id = plan.ids->front();
    REDD_TRY(made.text, query::withFixedId(document, made.id));
  }
  REDD_TRY_VOID(insertNew(rows, collection, made));
  return Change{1, std::move(made.text)};
}

Result<std::vector<std::string>> removeDocuments(DocumentRows& rows, const std::string& collection, const Selector& selector,
                                                 Many many) {
  REDD_TRY(const Plan plan, Plan::make(selector));
  std::vector<std::string> ids;
  REDD_TRY_VOID(forMatches(rows, collection, plan, many, [&](const Match& match) -> Result<void> {
    REDD_TRY_VOID(rows.erase(collection, match.id));
    ids.push_back(match.id);
    return {};
  }));
  return ids;
}

Result<std::uint64_t> countDocuments(DocumentRows& rows, const std::string& collection, const std::string& filter) {
  REDD_TRY(const Plan plan, Plan::make(filter, "{}"));
  std::uint64_t count = 0;
  const auto see = [&count](std::string_view, const query::Value&, std::string_view) -> Result<bool> {
    ++count;
    return true;
  };
  REDD_TRY_VOID(plan.run(rows, collection, std::nullopt, DocumentRows::Direction::forward, see));
  return count;
}

}  // namespace redd::store
