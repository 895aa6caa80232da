#include "testing/contract.h"

#include <limits>

namespace redd::store {
namespace {

using Value = std::optional<KvValue>;

class KvContract : public StoreContract {};
INSTANTIATE_TEST_SUITE_P(Stores, KvContract, allStores(), nameOf);

TEST_P(KvContract, SetGetDel) {
  EXPECT_EQ(get("k"), std::nullopt);
  ASSERT_TRUE(set("k", "v"));
  EXPECT_EQ(get("k"), Value("v"));
  ASSERT_TRUE(set("k", ""));
  EXPECT_EQ(get("k"), Value(""));
  auto old = await<Value>(loop_, [&](auto done) { store_->kvDel("", "k", std::move(done)); });
  EXPECT_EQ(*old, Value(""));
  EXPECT_EQ(get("k"), std::nullopt);
  EXPECT_EQ(*await<Value>(loop_, [&](auto done) { store_->kvDel("", "k", std::move(done)); }), std::nullopt);
}

TEST_P(KvContract, AnyBytesAreAKeyAndAValue) {
  const std::string odd("\0\xff'\"\n", 5);
  ASSERT_TRUE(set(odd, odd, std::nullopt, odd));
  EXPECT_EQ(get(odd, odd), Value(odd));
  EXPECT_EQ(get(odd), std::nullopt);
}

TEST_P(KvContract, KeyspacesAreApart) {
  ASSERT_TRUE(set("k", "default"));
  ASSERT_TRUE(set("k", "named", std::nullopt, "space"));
  EXPECT_EQ(get("k"), Value("default"));
  EXPECT_EQ(get("k", "space"), Value("named"));
  EXPECT_EQ(get("k", "other"), std::nullopt);
}

TEST_P(KvContract, IncrCountsFromNothingAndFromNonsense) {
  EXPECT_EQ(*incr("n", 1), 1);
  EXPECT_EQ(*incr("n", 0.5), 1.5);
  EXPECT_EQ(*incr("n", -3), -1.5);
  EXPECT_EQ(get("n"), Value(-1.5));
  ASSERT_TRUE(set("text", "abc"));
  EXPECT_EQ(*incr("text", 2), 2);
  ASSERT_TRUE(set("digits", "40"));
  EXPECT_EQ(*incr("digits", 2), 42);
  ASSERT_TRUE(set("n", "text again"));
  EXPECT_EQ(get("n"), Value("text again"));
}

TEST_P(KvContract, NumbersComeBackExactly) {
  for (const double number : {0.1, 1e308, 5e-324, -0.3, 9007199254740993.0}) {
    EXPECT_EQ(*incr("n" + std::to_string(number), number), number);
    EXPECT_EQ(get("n" + std::to_string(number)), Value(number));
  }
}

TEST_P(KvContract, IncrRefusesWhatIsNoNumber) {
  EXPECT_EQ(incr("n", std::numeric_limits<double>::infinity()).error().code, ErrorCode::invalidArgument);
  ASSERT_TRUE(incr("n", 1e308));
  EXPECT_EQ(incr("n", 1e308).error().code, ErrorCode::invalidArgument);
  EXPECT_EQ(get("n"), Value(1e308));
}

TEST_P(KvContract, ConcurrentIncrementsLoseNothingAndEachSeesItsOwn) {
  std::vector<double> seen;
  for (int i = 0; i < 500; ++i) {
    store_->kvIncr("", "n", 1, std::nullopt, [&seen](Result<double> value) { seen.push_back(*value); });
  }
  EXPECT_EQ(*incr("n", 1), 501);
  ASSERT_EQ(seen.size(), 500U);
  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], static_cast<double>(i + 1));
}

TEST_P(KvContract, OperationsOnAKeyHappenInTheOrderOfTheCalls) {
  const auto ignore = [](auto) {};
  store_->kvSet("", "k", "1", std::nullopt, ignore);
  Value between;
  store_->kvGet("", "k", [&between](auto value) { between = *value; });
  store_->kvIncr("", "k", 1, std::nullopt, ignore);
  store_->kvDelPrefix("", "k", ignore);
  Value after;
  store_->kvGet("", "k", [&after](auto value) { after = *value; });
  store_->kvSet("", "k", "last", std::nullopt, ignore);
  EXPECT_EQ(get("k"), Value("last"));
  EXPECT_NE(between, std::nullopt);  // it may be newer, never older than the set before it
  EXPECT_EQ(keys({.prefix = "k"}), "k ");
}

TEST_P(KvContract, ExpiredIsMissing) {
  ASSERT_TRUE(set("short", "v", 1));
  ASSERT_TRUE(set("long", "v", 1'000'000));
  while (get("short")) {
  }
  EXPECT_EQ(get("long"), Value("v"));
  EXPECT_EQ(keys({}), "long ");
  EXPECT_EQ(*incr("short", 5), 5);
}

TEST_P(KvContract, SetWithoutTtlRemovesItAndIncrWithoutTtlKeepsIt) {
  ASSERT_TRUE(set("a", "v", 5));
  ASSERT_TRUE(set("a", "v"));
  ASSERT_TRUE(incr("b", 1, 5));
  ASSERT_TRUE(incr("c", 1, 5));
  ASSERT_TRUE(incr("c", 1, 1'000'000));
  ASSERT_TRUE(set("d", "1", 0));
  while (get("b")) {
  }
  do {
    ASSERT_TRUE(set("b", "1", 20));
  } while (*incr("b", 1) != 2);  // it had expired before the increment came: once more
  while (get("b")) {
  }
  EXPECT_EQ(keys({}), "a c d ");
}

TEST_P(KvContract, ScansByPrefixInBothDirectionsAndContinues) {
  for (const char* key : {"a", "b1", "b2", "b3", "c", "b"}) ASSERT_TRUE(set(key, key));
  ASSERT_TRUE(set("b9", "elsewhere", std::nullopt, "other"));
  ASSERT_TRUE(set("\xff\xff", "end"));
  EXPECT_EQ(keys({.prefix = "b"}), "b b1 b2 b3 ");
  EXPECT_EQ(keys({.prefix = "b", .order = KvScan::Order::descending}), "b3 b2 b1 b ");
  EXPECT_EQ(keys({.prefix = "b", .limit = 2}), "b b1 ");
  EXPECT_EQ(keys({.prefix = "b", .after = "b1"}), "b2 b3 ");
  EXPECT_EQ(keys({.prefix = "b", .after = "b2", .order = KvScan::Order::descending}), "b1 b ");
  EXPECT_EQ(keys({.prefix = "\xff"}), "\xff\xff ");
  EXPECT_EQ(keys({.prefix = "zzz"}), "");
}

TEST_P(KvContract, AScanTellsWhenKeysExpire) {
  const auto before = nowMs();
  ASSERT_TRUE(set("stays", "v"));
  ASSERT_TRUE(set("goes", "v", 60'000));
  const auto found = await<std::vector<KvEntry>>(loop_, [&](auto done) { store_->kvScan({}, std::move(done)); });
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ(found->at(1).expiresMs, std::nullopt);
  ASSERT_TRUE(found->at(0).expiresMs);
  EXPECT_GE(*found->at(0).expiresMs, before + 60'000);
  EXPECT_LE(*found->at(0).expiresMs, nowMs() + 60'000);
}

TEST_P(KvContract, DelPrefixCountsWhatWasVisible) {
  for (const char* key : {"a1", "a2", "b"}) ASSERT_TRUE(set(key, key));
  EXPECT_EQ(get("a1"), Value("a1"));
  ASSERT_TRUE(set("a3", "gone", 1));
  while (get("a3")) {
  }
  auto removed = await<std::uint64_t>(loop_, [&](auto done) { store_->kvDelPrefix("", "a", std::move(done)); });
  EXPECT_EQ(*removed, 2U);
  EXPECT_EQ(get("a1"), std::nullopt);
  EXPECT_EQ(keys({}), "b ");
}

TEST_P(KvContract, KeysAndValuesHaveLimits) {
  const Limits limits;
  EXPECT_EQ(set(std::string(limits.keyBytesMax + 1, 'k'), "v").error().code, ErrorCode::invalidArgument);
  EXPECT_EQ(set("k", std::string(limits.valueBytesMax + 1, 'v')).error().code, ErrorCode::payloadTooLarge);
  EXPECT_TRUE(set(std::string(limits.keyBytesMax, 'k'), std::string(limits.valueBytesMax, 'v')));
}

}  // namespace
}  // namespace redd::store
