#include "slow_queries.h"

#include <algorithm>

namespace redd::store {
namespace {

constexpr std::size_t kFieldBytesMax = 255;

bool holds(const std::vector<std::string>& names, const std::string& name) { return std::ranges::find(names, name) != names.end(); }

bool mayBeIndexed(const std::string& field) { return !field.empty() && field.size() <= kFieldBytesMax && field != "_id"; }

bool isEqual(const query::FieldBound& bound) { return !bound.ranges.empty() && std::ranges::all_of(bound.ranges, &query::KeyRange::point); }

std::vector<std::string> namesOf(const query::Sort& sort) {
  std::vector<std::string> names;
  for (const auto& field : sort.fields()) names.push_back(field.path.name());
  return names;
}

// An index runs in one direction.
bool mayGiveOrder(const query::Sort& sort) {
  const auto& fields = sort.fields();
  return !fields.empty() && std::ranges::all_of(fields, [&](const auto& one) {
    return mayBeIndexed(one.path.name()) && one.descending == fields.front().descending;
  });
}

}  // namespace

// A sort is worth an index of its own when it lets a query with a limit stop early, or stands in no bound's way.
WantedIndex WantedIndex::make(const std::vector<query::FieldBound>& bounds, const query::Sort& sort, bool limited) {
  std::vector<std::string> equal, ranged;
  for (const auto& bound : bounds) {
    if (mayBeIndexed(bound.field)) (isEqual(bound) ? equal : ranged).push_back(bound.field);
  }
  std::ranges::sort(equal);
  equal.erase(std::unique(equal.begin(), equal.end()), equal.end());
  std::erase_if(ranged, [&](const auto& field) { return holds(equal, field); });

  const auto order = namesOf(sort);
  auto fixed = equal;
  std::erase_if(fixed, [&](const auto& field) { return holds(order, field); });
  const bool sortFits = mayGiveOrder(sort) && fixed.size() + order.size() <= Store::kIndexFieldsMax;
  WantedIndex out;
  if (sortFits && (limited || ranged.empty() || holds(ranged, order.front()))) {
    out.fields = std::move(fixed);
    out.equalFields = out.fields.size();
    out.ordered = true;
    out.fields.insert(out.fields.end(), order.begin(), order.end());
    return out;
  }
  out.fields = std::move(equal);
  if (out.fields.size() > Store::kIndexFieldsMax) out.fields.resize(Store::kIndexFieldsMax);
  out.equalFields = out.fields.size();
  if (!ranged.empty() && out.fields.size() < Store::kIndexFieldsMax) out.fields.push_back(ranged.front());
  return out;
}

bool WantedIndex::servedBy(const Collection& collection) const {
  return std::ranges::any_of(collection.indexes, [this](const Index& index) {
    if (index.state != IndexInfo::State::ready || index.fields.size() < fields.size()) return false;
    if (ordered && index.fields.size() != fields.size()) return false;
    const auto front = index.fields.begin() + static_cast<std::ptrdiff_t>(equalFields);
    return std::is_permutation(index.fields.begin(), front, fields.begin()) &&
           std::equal(fields.begin() + static_cast<std::ptrdiff_t>(equalFields), fields.end(), front);
  });
}

void SlowQueries::note(const std::string& collection, const WantedIndex& wanted, std::uint64_t read, std::uint64_t returned, std::int64_t tookNs) {
  const std::lock_guard lock(mutex_);
  const std::pair key(collection, wanted.fields);
  auto found = shapes_.find(key);
  if (found == shapes_.end()) {
    if (shapes_.size() >= kShapesMax) {
      shapes_.erase(std::ranges::min_element(shapes_, {}, [](const auto& one) { return one.second.advice.lastMs; }));
    }
    found = shapes_.emplace(key, Shape{wanted, {.collection = collection, .fields = wanted.fields}}).first;
  }
  auto& [own, advice] = found->second;
  own.equalFields = std::min(own.equalFields, wanted.equalFields);  // what serves both
  own.ordered = own.ordered || wanted.ordered;
  ++advice.queries;
  advice.documentsRead += read;
  advice.documentsReturned += returned;
  advice.slowestNs = std::max(advice.slowestNs, tookNs);
  advice.lastMs = nowMs();
}

Result<std::vector<IndexAdvice>> SlowQueries::list(DocumentRows& rows) {
  const std::lock_guard lock(mutex_);
  std::vector<IndexAdvice> out;
  for (auto shape = shapes_.begin(); shape != shapes_.end();) {
    REDD_TRY(const auto collection, rows.find(shape->second.advice.collection));
    if (!collection || shape->second.wanted.servedBy(*collection)) {
      shape = shapes_.erase(shape);
    } else {
      out.push_back((shape++)->second.advice);
    }
  }
  std::ranges::sort(out, std::ranges::greater(), [](const IndexAdvice& one) { return one.documentsRead - one.documentsReturned; });
  return out;
}

}  // namespace redd::store
