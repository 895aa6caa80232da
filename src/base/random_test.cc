#include "base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace redd {
namespace {

TEST(ObjectId, GrowsWithCreation) {
  std::vector<std::string> ids;
  for (int i = 0; i < 20000; ++i) ids.push_back(objectId());
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
  EXPECT_EQ(ids.front().size(), 24u);
}

TEST(Uuid, HasVersionAndVariant) {
  const std::string id = uuidV4();
  ASSERT_EQ(id.size(), 36u);
  EXPECT_EQ(id[14], '4');
  EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos);
}

TEST(Label, HasLengthAndAlphabet) {
  const std::string label = randomLabel(200);
  ASSERT_EQ(label.size(), 200u);
  EXPECT_EQ(label.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789"), std::string::npos);
}

}  // namespace
}  // namespace redd
