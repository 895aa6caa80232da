#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "document_ops.h"

namespace redd::store {

namespace {

struct Sortable {
  std::vector<query::SortKey> keys;
  std::string id;
};

std::size_t bytesOf(const Sortable& one) {
  std::size_t bytes = sizeof one + one.id.size();
  for (const auto& key : one.keys) bytes += sizeof key + key.text.size();
  return bytes;
}

}  // namespace

Result<Finder> Finder::make(std::string collection, const Find& find) {
  Finder finder;
  finder.collection_ = std::move(collection);
  REDD_TRY(finder.options_, query::FindOptions::parse(find.options));
  REDD_TRY(finder.plan_, Plan::make(find.filter, finder.options_.bounds));
  return finder;
}

Result<std::vector<std::string>> Finder::page(DocumentRows& rows) {
  if (options_.answer == query::FindOptions::Answer::count) return count(rows);
  if (options_.sort.empty()) return scannedPage(rows);
  if (!sorted_) REDD_TRY_VOID(sortAll(rows));
  return sortedPage(rows);
}

Result<std::vector<std::string>> Finder::count(DocumentRows& rows) {
  std::uint64_t count = 0;
  const auto see = [&count](std::string_view, const query::Value&, std::string_view) -> Result<bool> {
    ++count;
    return true;
  };
  REDD_TRY_VOID(plan_.run(rows, collection_, std::nullopt, DocumentRows::Direction::forward, see));
  done_ = true;
  return std::vector{fmt::format("{{\"count\":{}}}", count)};
}

Result<std::vector<std::string>> Finder::scannedPage(DocumentRows& rows) {
  std::vector<std::string> items;
  std::size_t bytes = 0;
  bool full = false;
  const auto see = [&](std::string_view id, const query::Value& document, std::string_view json) -> Result<bool> {
    last_ = id;
    if (options_.offset > 0) {
      --options_.offset;
      return true;
    }
    items.push_back(shown(id, document, json));
    bytes += items.back().size();
    if (options_.limit && --*options_.limit == 0) return false;
    full = items.size() == kPageDocuments || bytes >= kPageBytes;
    return !full;
  };
  const auto direction = options_.direction == query::FindOptions::Direction::forward ? DocumentRows::Direction::forward
                                                                                      : DocumentRows::Direction::backward;
  const std::optional<std::string> after = last_;
  REDD_TRY_VOID(plan_.run(rows, collection_, after, direction, see));
  done_ = !full;
  return items;
}

// Only keys and ids are kept; with a limit no more of them than are asked for, and as many again.
Result<void> Finder::sortAll(DocumentRows& rows) {
  const auto wanted = options_.limit ? std::min<std::uint64_t>(options_.offset + *options_.limit, kSortedMax) : kSortedMax;
  const auto before = [this](const Sortable& a, const Sortable& b) {
    if (options_.sort.before(a.keys, b.keys)) return true;
    return !options_.sort.before(b.keys, a.keys) && a.id < b.id;
  };
  std::vector<Sortable> all;
  std::size_t bytes = 0;
  const auto see = [&](std::string_view id, const query::Value& document, std::string_view) -> Result<bool> {
    all.push_back({options_.sort.keys(document), std::string(id)});
    bytes += bytesOf(all.back());
    if (all.size() >= 2 * wanted + 1'000) {
      std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(wanted), all.end(), before);
      all.resize(wanted);
      bytes = 0;
      for (const auto& one : all) bytes += bytesOf(one);
    }
    if (all.size() > kSortedMax || bytes > kSortedBytesMax) {
      return invalid("3 INVALID_ARGUMENT: too many documents to sort; give a limit or a narrower query");
    }
    return true;
  };
  REDD_TRY_VOID(plan_.run(rows, collection_, std::nullopt, DocumentRows::Direction::forward, see));
  std::ranges::sort(all, before);
  const auto first = std::min<std::uint64_t>(options_.offset, all.size());
  const auto count = std::min<std::uint64_t>(options_.limit.value_or(all.size()), all.size() - first);
  sorted_.emplace();
  for (auto i = first + count; i > first; --i) sorted_->push_back(std::move(all[i - 1].id));
  return {};
}

Result<std::vector<std::string>> Finder::sortedPage(DocumentRows& rows) {
  std::vector<std::string> items;
  std::size_t bytes = 0;
  query::Parser parser;
  while (!sorted_->empty() && items.size() < kPageDocuments && bytes < kPageBytes) {
    const std::string id = std::move(sorted_->back());
    sorted_->pop_back();
    REDD_TRY(const auto json, rows.get(collection_, id));
    if (!json) continue;  // removed meanwhile
    REDD_TRY(const query::Value* document, parser.parse(*json));
    items.push_back(shown(id, *document, *json));
    bytes += items.back().size();
  }
  done_ = sorted_->empty();
  return items;
}

std::string Finder::shown(std::string_view id, const query::Value& document, std::string_view json) const {
  if (options_.answer == query::FindOptions::Answer::ids) return fmt::format("{{\"_id\":{}}}", json::quoted(id));
  return options_.projection.all() ? std::string(json) : options_.projection.apply(document);
}

}  // namespace redd::store
