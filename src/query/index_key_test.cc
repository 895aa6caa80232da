#include "query/index_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "query/filter.h"
#include "query/find_options.h"

namespace redd::query {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;
using ::testing::SizeIs;

std::string keyOf(std::string_view json) {
  Parser parser;
  std::string key;
  appendKey(key, *parser.parse(json));
  return key;
}

std::vector<std::string> keysOf(std::initializer_list<std::string_view> names, std::string_view document) {
  Parser parser;
  std::vector<Path> fields;
  for (const auto name : names) fields.emplace_back(name);
  return indexKeys(fields, **parser.parse(document));
}

TEST(IndexKey, OrdersAsSortsDo) {
  const std::vector<std::string> values = {"null", "-1e300", "-2",      "-1",        "0",     "0.5",     "1",    "10",   "1e300", R"("")",
                                           R"("\u0000")", R"("a")", R"("a\u0000")", R"("ab")", R"("b")", R"("é")", R"("😀")", R"({"a":1})", "{}", "[1]", "[]", "false", "true"};
  std::vector<std::string> keys;
  for (const auto& value : values) keys.push_back(keyOf(value));
  EXPECT_TRUE(std::ranges::is_sorted(keys));
  EXPECT_EQ(std::ranges::adjacent_find(keys), keys.end());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    for (std::size_t j = 0; j < keys.size(); ++j) EXPECT_TRUE(i == j || !keys[j].starts_with(keys[i])) << values[i] << " " << values[j];
  }
  EXPECT_EQ(keyOf("-0"), keyOf("0.0"));
  EXPECT_EQ(keyOf(R"({"a":1,"b":2})"), keyOf(R"({ "b":2.0, "a":1 })"));
}

TEST(IndexKey, ADocumentHasAKeyForEachValueAndElement) {
  EXPECT_THAT(keysOf({"a"}, R"({"a":5})"), ElementsAre(keyOf("5")));
  EXPECT_THAT(keysOf({"a"}, R"({})"), ElementsAre(keyOf("null")));
  EXPECT_THAT(keysOf({"a"}, R"({"a":[2,1,2]})"), ElementsAre(keyOf("1"), keyOf("2"), keyOf("[2,1,2]")));
  EXPECT_THAT(keysOf({"a.b"}, R"({"a":[{"b":1},{"c":1}]})"), ElementsAre(keyOf("null"), keyOf("1")));
  EXPECT_THAT(keysOf({"a.b"}, R"({"a.b":1,"a":{"b":2}})"), ElementsAre(keyOf("1")));
  EXPECT_THAT(keysOf({"a", "b"}, R"({"a":1,"b":"x"})"), ElementsAre(keyOf("1") + keyOf(R"("x")")));
}

TEST(IndexKey, TooManyOrTooLongKeysMakeOneThatEverySearchFinds) {
  std::string many = R"({"a":[0)";
  for (int i = 1; i < 300; ++i) many += "," + std::to_string(i);
  EXPECT_THAT(keysOf({"a"}, many + "]}"), ElementsAre(kWideKey));
  EXPECT_THAT(keysOf({"a"}, R"({"a":")" + std::string(2'000, 'x') + "\"}"), ElementsAre(kWideKey));
}

TEST(IndexKey, RangesJoinAndMeet) {
  const std::vector<KeyRange> a = {{"b", "d"}, {"f", "h"}};
  EXPECT_THAT(joined({{"f", "h"}, {"b", "d"}, {"c", "g"}, {"x", "x"}}), ElementsAre(KeyRange{"b", "h"}));
  EXPECT_THAT(common(a, {{"c", "g"}}), ElementsAre(KeyRange{"c", "d"}, KeyRange{"f", "g"}));
  EXPECT_THAT(common(a, {{"d", "f"}}), SizeIs(0));
}

// ---- whatever matches has a key in every bound ----

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}
  std::size_t below(std::size_t n) { return random_() % n; }
  std::string scalar() {
    static const std::vector<std::string> kValues = {"null", "0", "1", "2", "-1", "2.5", R"("")", R"("a")", R"("ab")", R"("abc")", R"("b")",
                                                     R"("Ab")", R"("2024-01-01T00:00:00.000Z")", "true", "false", "{}", R"({"b":1})"};
    return kValues[below(kValues.size())];
  }
  std::string value(int depth = 2) {
    const auto kind = depth == 0 ? 0 : below(6);
    if (kind == 4) {
      std::string out = "[";
      for (auto n = below(3) + 1; n > 0; --n) out += (out.size() > 1 ? "," : "") + value(depth - 1);
      return out + "]";
    }
    return kind == 5 ? R"({"b":)" + value(depth - 1) + "}" : scalar();
  }
  std::string document() { return R"({"a":)" + value() + (below(2) ? R"(,"c":)" + value() : "") + "}"; }
  std::string field() { return below(4) == 0 ? R"("c")" : below(2) == 0 ? R"("a.b")" : R"("a")"; }
  std::string test() {
    static const std::vector<std::string> kRegexes = {R"("^a")", R"("b")", R"("^ab?c")", R"re("^(a|b)")re", R"("^A", "$options": "i")", R"("^$")", R"("a$")", R"("^a", "$options": "m")"};
    switch (below(9)) {
      case 0: return R"({"$gt":)" + scalar() + "}";
      case 1: return R"({"$gte":)" + scalar() + R"(,"$lt":)" + scalar() + "}";
      case 2: return R"({"$lte":)" + scalar() + "}";
      case 3: return R"({"$in":[)" + scalar() + "," + value() + "]}";
      case 4: return R"({"$regex":)" + kRegexes[below(kRegexes.size())] + "}";
      case 5: return R"({"$startsWith":"a"})";
      case 6: return R"({"$all":[)" + scalar() + "," + scalar() + "]}";
      case 7: return R"({"$ne":)" + scalar() + "}";
      default: return value();
    }
  }
  std::string filter(int depth = 1) {
    if (depth > 0 && below(3) == 0) return std::string(below(2) ? R"({"$or":[)" : R"({"$and":[)") + filter(0) + "," + filter(0) + "]}";
    const auto first = field();
    auto out = "{" + first + ":" + test();
    if (const auto second = field(); second != first) out += "," + second + ":" + test();
    return out + "}";
  }

 private:
  std::mt19937 random_;
};

bool inRanges(const std::vector<std::string>& keys, const std::vector<KeyRange>& ranges) {
  return std::ranges::any_of(keys, [&](const auto& key) {
    return key == kWideKey || std::ranges::any_of(ranges, [&](const auto& range) { return key >= range.from && key < range.to; });
  });
}

TEST(FilterBounds, EveryMatchHasAKeyInEveryBound) {
  Maker make(20'261'124);
  Parser parser;
  int matched = 0, bounded = 0;
  for (int i = 0; i < 30'000; ++i) {
    const auto text = make.filter();
    const auto filter = Filter::parse(text);
    ASSERT_TRUE(filter) << text << filter.error().publicText;
    const auto bounds = filter->bounds();
    for (int j = 0; j < 4; ++j) {
      const auto json = make.document();
      const auto& document = **parser.parse(json);
      if (!filter->matches(document)) continue;
      ++matched;
      for (const auto& [field, ranges] : bounds) {
        ++bounded;
        ASSERT_TRUE(inRanges(indexKeys({Path(field)}, document), ranges)) << text << " " << json << " " << field;
      }
    }
  }
  EXPECT_GT(matched, 5'000);
  EXPECT_GT(bounded, 2'000);
}

TEST(FilterBounds, OfEqualFieldsDecide) {
  Maker make(20'261'125);
  Parser parser;
  int decided = 0, matched = 0;
  for (int i = 0; i < 30'000; ++i) {
    const auto text = make.filter();
    const auto filter = *Filter::parse(text);
    const auto fields = filter.equalFields();
    if (!fields) continue;
    const auto bounds = filter.bounds();
    ASSERT_EQ(bounds.size(), fields->size());
    for (int j = 0; j < 4; ++j) {
      const auto json = make.document();
      const auto& document = **parser.parse(json);
      const bool hasKeys = std::ranges::all_of(bounds, [&](const FieldBound& bound) {
        return inRanges(indexKeys({Path(bound.field)}, document), bound.ranges);
      });
      ASSERT_EQ(filter.matches(document), hasKeys) << text << " " << json;
      ++decided;
      matched += hasKeys ? 1 : 0;
    }
  }
  EXPECT_GT(decided, 1'000);
  EXPECT_GT(matched, 50);
}

TEST(FilterBounds, EqualFieldsAreNoMoreThanEqual) {
  const auto fields = [](std::string_view text) { return Filter::parse(text)->equalFields(); };
  EXPECT_THAT(fields(R"({"a":"x","b.c":5,"d":true})"), Optional(ElementsAre("a", "b.c", "d")));
  for (const char* more : {R"({"a":null})", R"({"a":[1]})", R"({"a":{"b":1}})", R"({"a":{"$gt":5}})", R"({"a":{"$in":[5]}})", R"({"a":5,"b":{"$ne":1}})",
                           R"({"a":{"$date":"2024-01-01"}})", R"({"$or":[{"a":5}]})", R"({"a":5,"$and":[{"b":{"$gt":1}}]})", R"({"a":{"$not":{"$eq":5}}})"}) {
    EXPECT_EQ(fields(more), std::nullopt) << more;
  }
}

TEST(FilterBounds, AreNarrow) {
  const auto bound = [](std::string_view text) { return Filter::parse(text)->bounds(); };
  EXPECT_THAT(bound(R"({"a":5})"), ElementsAre(testing::Field(&FieldBound::ranges, ElementsAre(testing::Field(&KeyRange::point, true)))));
  EXPECT_THAT(bound(R"({"a":{"$ne":5}})"), SizeIs(0));
  EXPECT_THAT(bound(R"({"a":{"$not":{"$gt":5}}})"), SizeIs(0));
  EXPECT_THAT(bound(R"({"$nor":[{"a":5}]})"), SizeIs(0));
  EXPECT_THAT(bound(R"({"$or":[{"a":5},{"b":5}]})"), SizeIs(0));
  EXPECT_THAT(bound(R"({"a":{"$regex":"b"}})"), SizeIs(0));
  const auto prefix = bound(R"({"a":{"$regex":"^ab"}})");
  ASSERT_THAT(prefix, SizeIs(1));
  EXPECT_TRUE(inRanges({keyOf(R"("abc")")}, prefix[0].ranges));
  EXPECT_FALSE(inRanges({keyOf(R"("b")")}, prefix[0].ranges));
}

TEST(FilterBounds, KeysSortAsDocumentsDo) {
  Maker make(7);
  Parser one, other;
  Sort sort;
  sort.add("a", false);
  for (int i = 0; i < 20'000; ++i) {
    const auto x = make.document(), y = make.document();
    const auto& a = **one.parse(x);
    const auto& b = **other.parse(y);
    const auto keysA = indexKeys({Path("a")}, a), keysB = indexKeys({Path("a")}, b);
    if (keysA.size() > 1 || keysB.size() > 1) continue;
    ASSERT_EQ(sort.before(sort.keys(a), sort.keys(b)), keysA[0] < keysB[0]) << x << " " << y;
  }
}

}  // namespace
}  // namespace redd::query
