#include <fmt/format.h>

#include <algorithm>

#include "base/clock.h"
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

Error tooManyToSort() {
  return invalid("3 INVALID_ARGUMENT: too many documents to sort; give a limit, a narrower query, or an index on the fields of the sort");
}

}  // namespace

Result<Finder> Finder::make(std::string collection, const Find& find) {
  Finder finder;
  finder.collection_ = std::move(collection);
  finder.filter_ = find.filter;
  REDD_TRY(finder.options_, query::FindOptions::parse(find.options));
  finder.limited_ = finder.options_.limit.has_value();
  return finder;
}

Result<void> Finder::begin(DocumentRows& rows) {
  REDD_TRY(plan_, Plan::make(rows, collection_, filter_, options_.bounds, options_.sort));
  return {};
}

Result<std::vector<std::string>> Finder::page(DocumentRows& rows) {
  using Answer = query::FindOptions::Answer;
  const auto startNs = monotonicNs();
  if (!plan_) REDD_TRY_VOID(begin(rows));
  if (options_.answer == Answer::count) {
    REDD_TRY(const auto count, countAll(rows));
    done_ = true;
    return std::vector{fmt::format("{{\"count\":{}}}", count)};
  }
  if (options_.answer == Answer::explain) return explain(rows);
  auto items = documents(rows);
  if (!items) return items;
  returned_ += items->size();
  tookNs_ += monotonicNs() - startNs;
  if (done_) noteWhenSlow(rows, limited_);
  return items;
}

void Finder::noteWhenSlow(DocumentRows& rows, bool limited) const {
  const auto read = plan_->cost().documents;
  auto* slow = rows.slowQueries();
  if (slow == nullptr || !SlowQueries::isSlow(read, returned_)) return;
  if (const auto wanted = plan_->wanted(options_.sort, limited)) slow->note(collection_, *wanted, read, returned_, tookNs_);
}

Result<std::vector<std::string>> Finder::documents(DocumentRows& rows) {
  if (options_.sort.empty() || plan_->sorted()) return readPage(rows);
  if (!sorted_) REDD_TRY_VOID(sortAll(rows));
  return sortedPage(rows);
}

Result<std::uint64_t> Finder::countAll(DocumentRows& rows) {
  const auto startNs = monotonicNs();
  if (!plan_) REDD_TRY_VOID(begin(rows));
  if (plan_->everything()) return rows.count(collection_);
  REDD_TRY_VOID(plan_->run(rows, std::nullopt, Plan::Direction::forward,
                           [this](const Plan::Match&) -> Result<bool> {
                             ++returned_;
                             return true;
                           }));
  tookNs_ = monotonicNs() - startNs;
  noteWhenSlow(rows, false);
  return returned_;
}

// Does all the work of the query and tells what it was.
Result<std::vector<std::string>> Finder::explain(DocumentRows& rows) {
  const auto startNs = monotonicNs();
  std::uint64_t returned = 0;
  while (!done_) {
    REDD_TRY(const auto items, documents(rows));
    returned += items.size();
  }
  const auto sort = options_.sort.empty() ? "none" : !plan_->sorted() ? "memory" : plan_->mayComeAgain() ? "index" : "_id";
  return std::vector{fmt::format(R"({{{},"sort":"{}","returned":{},"ms":{}}})", plan_->describe(), sort, returned,
                                 static_cast<double>((monotonicNs() - startNs) / 1'000) / 1'000)};
}

// The next page in the plan's own order.
Result<std::vector<std::string>> Finder::readPage(DocumentRows& rows) {
  std::vector<std::string> items;
  std::size_t bytes = 0;
  bool full = false;
  const auto see = [&](const Plan::Match& match) -> Result<bool> {
    last_ = match.place;
    if (plan_->mayComeAgain() && !seen_.insert(match.place.id).second) return true;
    if (seen_.size() > kSortedMax) return tooManyToSort();
    if (options_.offset > 0) {
      --options_.offset;
      return true;
    }
    REDD_TRY(std::string item, shown(match));
    items.push_back(std::move(item));
    bytes += items.back().size();
    if (options_.limit && --*options_.limit == 0) return false;
    full = items.size() == kPageDocuments || bytes >= kPageBytes;
    return !full;
  };
  const auto direction = options_.direction == query::FindOptions::Direction::forward ? Plan::Direction::forward : Plan::Direction::backward;
  if (options_.offset > 0 && !last_) {
    REDD_TRY(const auto passed, plan_->skip(rows, options_.offset, last_));
    options_.offset -= passed;
  }
  const auto after = last_;
  REDD_TRY_VOID(plan_->run(rows, after, direction, see));
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
  const auto see = [&](const Plan::Match& match) -> Result<bool> {
    REDD_TRY(const query::Value* document, match.document());
    all.push_back({options_.sort.keys(*document), match.place.id});
    bytes += bytesOf(all.back());
    if (all.size() >= 2 * wanted + 1'000) {
      std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(wanted), all.end(), before);
      all.resize(wanted);
      bytes = 0;
      for (const auto& one : all) bytes += bytesOf(one);
    }
    if (all.size() > kSortedMax || bytes > kSortedBytesMax) return tooManyToSort();
    return true;
  };
  REDD_TRY_VOID(plan_->run(rows, std::nullopt, Plan::Direction::forward, see));
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
    const Plan::Place place{{}, id};
    REDD_TRY(std::string item, shown(Plan::Match(place, *json, parser)));
    items.push_back(std::move(item));
    bytes += items.back().size();
  }
  done_ = sorted_->empty();
  return items;
}

Result<std::string> Finder::shown(const Plan::Match& match) const {
  if (options_.answer == query::FindOptions::Answer::ids) return fmt::format("{{\"_id\":{}}}", json::quoted(match.place.id));
  if (options_.projection.all()) return std::string(match.json);
  REDD_TRY(const query::Value* document, match.document());
  return options_.projection.apply(*document);
}

}  // namespace redd::store
