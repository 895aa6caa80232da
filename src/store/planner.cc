#include "planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "base/json.h"

namespace redd::store {
namespace {

using query::KeyRange;
using Ranges = std::vector<KeyRange>;

constexpr std::size_t kEstimateMax = 1'000;  // keys that are counted to compare two indexes
constexpr std::size_t kRangesMax = 1'000;
constexpr std::uint64_t kDocumentsPerTurn = 128, kKeysPerTurn = 1'024;  // about 0.1 ms of a scan

KeyRange wideRange() { return {query::kWideKey, query::keyAfter(query::kWideKey), false}; }

bool allPoints(const Ranges& ranges) {
  return !ranges.empty() && std::ranges::all_of(ranges, &KeyRange::point);
}

// What the bounds on one field come to. When a document may have several keys, two conditions may be met by two of them.
std::optional<Ranges> boundsOn(const std::vector<query::FieldBound>& bounds, const std::string& field, bool many) {
  std::optional<Ranges> best;
  for (const auto& bound : bounds) {
    if (bound.field != field) continue;
    if (!best) {
      best = bound.ranges;
    } else if (!many) {
      best = query::common(*best, bound.ranges);
    } else if (allPoints(bound.ranges) && !allPoints(*best)) {
      best = bound.ranges;
    }
  }
  return best;
}

// Ranges of the fields so far, each a point, continued by those of the next field.
std::optional<Ranges> continued(const Ranges& begins, const Ranges& ends) {
  if (begins.size() * ends.size() > kRangesMax) return std::nullopt;
  Ranges out;
  for (const auto& begin : begins) {
    for (const auto& end : ends) out.push_back({begin.from + end.from, begin.from + end.to, end.point});
  }
  return out;
}

struct Prefix {
  Ranges ranges = {{"", "\xff", true}};  // until a field is bounded: everything
  std::size_t fields = 0;
  bool points = true;
};

// The longest run of the index's first fields that the bounds speak of: points, and one range at the end.
Prefix prefixOf(const Index& index, const std::vector<query::FieldBound>& bounds) {
  Prefix prefix;
  for (const auto& field : index.fields) {
    if (!prefix.points) break;
    const auto own = boundsOn(bounds, field, index.many);
    if (!own) break;
    auto longer = prefix.fields == 0 ? own : continued(prefix.ranges, *own);
    if (!longer) break;
    prefix.points = allPoints(*own);
    prefix.ranges = *std::move(longer);
    ++prefix.fields;
  }
  return prefix;
}

}  // namespace

Result<Plan> Plan::make(DocumentRows& rows, const std::string& collection, const Selector& selector) {
  if (!selector.id) return make(rows, collection, selector.filter, "{}", {});
  REDD_TRY(auto known, rows.find(collection));
  Plan plan(collection, std::move(known));
  plan.ids_ = {*selector.id};
  plan.named_ = true;
  plan.access_ = Access::ids;
  return plan;
}

Result<Plan> Plan::make(DocumentRows& rows, const std::string& collection, const std::string& filter, const std::string& bounds,
                        const query::Sort& sort) {
  REDD_TRY(auto known, rows.find(collection));
  Plan plan(collection, std::move(known));
  REDD_TRY_VOID(plan.add(filter));
  REDD_TRY_VOID(plan.add(bounds));
  REDD_TRY_VOID(plan.choose(rows, sort));
  plan.decided_ = plan.decides();
  return plan;
}

Result<void> Plan::add(const std::string& text) {
  REDD_TRY(query::Filter filter, query::Filter::parse(text));
  if (filter.matchesAll()) return {};
  if (!ids_) ids_ = filter.ids();
  std::ranges::move(filter.bounds(), std::back_inserter(bounds_));
  filters_.push_back(std::move(filter));
  return {};
}

Result<void> Plan::choose(DocumentRows& rows, const query::Sort& sort) {
  if (ids_) {
    std::ranges::sort(*ids_);
    ids_->erase(std::unique(ids_->begin(), ids_->end()), ids_->end());
    named_ = true;
    access_ = Access::ids;
  }
  // No two are equal behind their _id; and by ascending _id is how equal keys of an index come anyway.
  const SortFields all = sort.fields();
  const auto id = std::ranges::find(all, "_id", [](const auto& field) { return field.path.name(); });
  const auto before = static_cast<std::size_t>(id - all.begin());
  std::vector<SortFields> orders;
  if (!all.empty()) orders.push_back(all.first(std::min(all.size(), before + 1)));
  if (id != all.end() && before > 0 && !id->descending) orders.push_back(all.first(before));
  if (!all.empty()) direction_ = all.front().descending ? Direction::backward : Direction::forward;
  byId_ = id != all.end() && before == 0;
  if (named_ || !known_) return {};
  REDD_TRY_VOID(chooseIndex(rows, orders));
  if (access_ != Access::ordered) narrow();
  return {};
}

// To the ids that can match.
void Plan::narrow() {
  const auto own = boundsOn(bounds_, "_id", false);
  if (!own) return;
  if (access_ == Access::scan) access_ = Access::range;
  idRanges_.clear();
  for (const auto& range : *own) {
    if (auto ids = query::textsIn(range)) idRanges_.push_back(*std::move(ids));
  }
  if (access_ != Access::ids) return;
  std::erase_if(*ids_, [this](const auto& one) {
    return std::ranges::none_of(idRanges_, [&one](const auto& range) { return range.from <= one && one < range.to; });
  });
}

Result<void> Plan::chooseIndex(DocumentRows& rows, std::span<const SortFields> orders) {
  auto order = bestOrder(orders);
  if (byId_ && order && order->fixed == 0) order.reset();  // the documents themselves have that order
  if (!order || order->fixed == 0) {
    REDD_TRY(const auto best, bestSearch(rows, order ? Rivals::order : Rivals::none));
    // A few documents are sorted sooner than a long index is walked to find them.
    const auto walked = order && best ? estimate(rows, *order->index, order->ranges) : Result<std::size_t>(kEstimateMax + 1);
    REDD_TRY_VOID(walked);
    if (best && (!order || (best->keys < kEstimateMax && best->keys < *walked))) return use(rows, best->search);
  }
  if (!order) return {};
  access_ = Access::ordered;
  index_ = order->index;
  ranges_ = std::move(order->ranges);
  if (direction_ == Direction::backward) std::ranges::reverse(ranges_);
  return {};
}

// An index gives the sort's order when its fields are those of the sort, in one direction, behind fields that have one key each.
std::optional<Plan::Order> Plan::orderOf(const Index& index, SortFields wanted) const {
  if (index.many || index.state != IndexInfo::State::ready || wanted.size() > index.fields.size()) return std::nullopt;
  const auto fixed = index.fields.size() - wanted.size();
  Ranges ranges = {{"", "\xff", true}};
  for (std::size_t i = 0; i < fixed; ++i) {
    const auto own = boundsOn(bounds_, index.fields[i], index.many);
    if (!own || own->size() != 1 || !own->front().point) return std::nullopt;
    ranges = i == 0 ? *own : *continued(ranges, *own);
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (index.fields[fixed + i] != wanted[i].path.name() || wanted[i].descending != wanted.front().descending) return std::nullopt;
  }
  if (const auto own = boundsOn(bounds_, wanted.front().path.name(), index.many)) {
    auto longer = fixed == 0 ? own : continued(ranges, *own);
    if (longer) ranges = *std::move(longer);
  }
  return Order{&index, std::move(ranges), fixed};
}

std::optional<Plan::Order> Plan::bestOrder(std::span<const SortFields> orders) const {
  std::optional<Order> best;
  for (const auto& wanted : orders) {
    for (const auto& index : known_->indexes) {
      auto order = orderOf(index, wanted);
      if (order && (!best || order->fixed > best->fixed)) best = std::move(order);
    }
  }
  return best;
}

std::vector<Plan::Search> Plan::searches() const {
  std::vector<Search> found;
  for (const auto& index : known_->indexes) {
    if (index.state != IndexInfo::State::ready || index.fields.front() == "_id") continue;  // the documents themselves serve that
    auto prefix = prefixOf(index, bounds_);
    if (prefix.fields == 0) continue;
    const bool wholePoint = prefix.points && prefix.ranges.size() == 1 && prefix.fields == index.fields.size() && !index.many;
    if (index.many) prefix.ranges.push_back(wideRange());
    found.push_back({&index, std::move(prefix.ranges), prefix.fields, wholePoint});
  }
  return found;
}

Result<std::optional<Plan::Best>> Plan::bestSearch(DocumentRows& rows, Rivals rivals) const {
  std::optional<Best> best;
  auto found = searches();
  if (found.size() == 1 && rivals == Rivals::none) return std::optional(Best{std::move(found.front()), 0});
  for (auto& search : found) {
    REDD_TRY(const auto keys, estimate(rows, *search.index, search.ranges));
    if (!best || keys < best->keys || (keys == best->keys && search.fields > best->search.fields)) best = Best{std::move(search), keys};
  }
  return best;
}

Result<void> Plan::use(DocumentRows& rows, const Search& search) {
  if (search.wholePoint) {
    access_ = Access::point;
    index_ = search.index;
    ranges_ = search.ranges;
    return {};
  }
  REDD_TRY(const bool few, gather(rows, search.index->number, search.ranges, kGatheredMax));
  if (!few) return {};
  access_ = Access::ids;
  index_ = search.index;
  return {};
}

Result<std::size_t> Plan::estimate(DocumentRows& rows, const Index& index, const Ranges& ranges) {
  std::size_t count = 0;
  const auto see = [&count](std::string_view, std::string_view) -> Result<bool> { return ++count < kEstimateMax; };
  for (const auto& range : ranges) {
    if (count >= kEstimateMax) break;
    REDD_TRY_VOID(rows.scanKeys(index.number, range.from, range.to, std::nullopt, Direction::forward, see));
  }
  return count;
}

// A point of an index that is not `many` stands for one value of each of its fields.
bool Plan::decides() const {
  if (named_) return filters_.size() == 1 && filters_.front().equalFields() == std::vector<std::string>{"_id"};
  return access_ == Access::point && std::ranges::all_of(filters_, [this](const query::Filter& filter) {
           const auto fields = filter.equalFields();
           return fields && std::ranges::all_of(*fields, [this](const auto& field) { return std::ranges::find(index_->fields, field) != index_->fields.end(); });
         });
}

// false: there are more than idsMax.
Result<bool> Plan::gather(DocumentRows& rows, std::int64_t index, const Ranges& ranges, std::size_t idsMax) {
  std::vector<std::string> ids;
  const auto see = [&](std::string_view, std::string_view id) -> Result<bool> {
    ids.emplace_back(id);
    return ids.size() <= idsMax;
  };
  for (const auto& range : ranges) {
    REDD_TRY_VOID(rows.scanKeys(index, range.from, range.to, std::nullopt, Direction::forward, see));
    if (ids.size() > idsMax) return false;
  }
  cost_.keys += ids.size();
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  ids_ = std::move(ids);
  return true;
}

// ---- running ----

Result<void> Plan::run(DocumentRows& rows, const std::optional<Place>& after, Direction direction, const See& see) {
  if (sorted()) direction = direction_;
  if (after && (access_ == Access::point || access_ == Access::ordered)) REDD_TRY_VOID(checkIndex(rows));
  switch (access_) {
    case Access::ids: return runIds(rows, after, direction, see);
    case Access::ordered: return runKeys(rows, after, direction, see);
    case Access::point:
    case Access::range:
    case Access::scan: return runRanges(rows, after, direction, see);
  }
  return {};
}

Result<std::uint64_t> Plan::skip(DocumentRows& rows, std::uint64_t count, std::optional<Place>& after) {
  std::uint64_t passed = 0;
  if (access_ != Access::ordered || !filters_.empty()) return passed;
  Place last;
  const auto see = [&](std::string_view key, std::string_view id) -> Result<bool> {
    if (++cost_.keys % kKeysPerTurn == 0) std::this_thread::yield();
    last.key.assign(key);
    last.id.assign(id);
    return ++passed < count;
  };
  for (const auto& range : ranges_) {
    if (passed >= count) break;
    REDD_TRY_VOID(rows.scanKeys(index_->number, range.from, range.to, std::nullopt, direction_, see));
  }
  if (passed > 0) after = std::move(last);
  return passed;
}

// Between two pages of a find the index may have gone.
Result<void> Plan::checkIndex(DocumentRows& rows) const {
  REDD_TRY(const auto now, rows.find(collection_));
  if (now && std::ranges::find(now->indexes, index_->number, &Index::number) != now->indexes.end()) return {};
  return Error::make(ErrorCode::cancelled, "1 CANCELLED: the index was removed while a query was reading it");
}

Result<bool> Plan::show(const Place& place, std::string_view json, const See& see) {
  // A long scan lets those go first who wait for its core: a turn of the scheduler is many times what an answer takes.
  if (++cost_.documents % kDocumentsPerTurn == 0) std::this_thread::yield();
  const Match match(place, json, *parser_);
  if (decided_) return see(match);
  for (const auto& filter : filters_) {
    REDD_TRY(const query::Value* document, match.document());
    if (filter.matches(*document)) continue;
    if (auto gaveUp = filter.gaveUp()) return *std::move(gaveUp);
    return true;
  }
  return see(match);
}

Result<const query::Value*> Plan::Match::document() const {
  if (!document_) {
    REDD_TRY(document_, parser_.parse(json));
  }
  return document_;
}

Result<void> Plan::runIds(DocumentRows& rows, const std::optional<Place>& after, Direction direction, const See& see) {
  const bool forward = direction == Direction::forward;
  const auto& ids = *ids_;
  auto from = ids.begin(), to = ids.end();
  if (after && forward) from = std::ranges::upper_bound(ids, after->id);
  if (after && !forward) to = std::ranges::lower_bound(ids, after->id);
  const auto count = to - from;
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    const std::string& id = forward ? from[i] : *(to - 1 - i);
    REDD_TRY(const auto json, rows.get(collection_, id));
    if (!json) continue;
    REDD_TRY(const bool more, show({{}, id}, *json, see));
    if (!more) break;
  }
  return {};
}

Result<void> Plan::runKeys(DocumentRows& rows, const std::optional<Place>& after, Direction direction, const See& see) {
  std::optional<DocumentRows::KeyPlace> behind;
  if (after) behind = {after->key, after->id};
  bool ended = false;
  const auto visit = [&](std::string_view key, std::string_view id, std::string_view json) -> Result<bool> {
    ++cost_.keys;
    REDD_TRY(const bool more, show({std::string(key), std::string(id)}, json, see));
    ended = !more;
    return more;
  };
  for (const auto& range : ranges_) {
    const bool passed = behind && (direction == Direction::forward ? range.to <= behind->key : range.from > behind->key);
    if (passed) continue;
    REDD_TRY_VOID(rows.scanByKeys(collection_, index_->number, range.from, range.to, behind, direction, visit));
    if (ended) break;
  }
  return {};
}

Result<void> Plan::runRanges(DocumentRows& rows, const std::optional<Place>& after, Direction direction, const See& see) {
  const bool forward = direction == Direction::forward;
  bool ended = false;
  const bool point = access_ == Access::point;
  const auto visit = [&](std::string_view id, std::string_view json) -> Result<bool> {
    if (point) ++cost_.keys;
    REDD_TRY(const bool more, show({{}, std::string(id)}, json, see));
    ended = !more;
    return more;
  };
  for (std::size_t i = 0; i < idRanges_.size() && !ended; ++i) {
    auto range = forward ? idRanges_[i] : idRanges_[idRanges_.size() - 1 - i];
    if (after && forward) range.from = std::max(range.from, query::behindText(after->id));
    if (after && !forward) range.to = std::min(range.to, after->id);
    if (range.from >= range.to) continue;
    REDD_TRY_VOID(point ? rows.scanPoint(collection_, index_->number, ranges_.front().from, range, direction, visit) : rows.scan(collection_, range, direction, visit));
  }
  return {};
}

std::optional<std::string> Plan::onlyId() const {
  return named_ && ids_->size() == 1 ? std::optional(ids_->front()) : std::nullopt;
}

std::optional<WantedIndex> Plan::wanted(const query::Sort& sort, bool limited) const {
  if (named_ || !known_) return std::nullopt;
  auto index = WantedIndex::make(bounds_, sort, limited);
  if (index.fields.empty() || index.servedBy(*known_)) return std::nullopt;
  return index;
}

std::string Plan::describe() const {
  const auto access = access_ == Access::scan ? "scan" : access_ == Access::range ? "range" : index_ ? "index" : "ids";
  std::string fields;
  if (index_) {
    for (const auto& field : index_->fields) fields += (fields.empty() ? "" : ",") + json::quoted(field);
  }
  return fmt::format(R"("access":"{}","index":{},"keysRead":{},"documentsRead":{})", access, index_ ? "[" + fields + "]" : "null", cost_.keys,
                     cost_.documents);
}

}  // namespace redd::store
