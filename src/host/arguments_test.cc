#include "arguments.h"

#include <gtest/gtest.h>

namespace redd::host {
namespace {

class ArgumentsTest : public testing::Test {
 protected:
  Result<Arguments> parse(std::string payload) {
    bytes_ = std::move(payload);
    bytes_.reserve(bytes_.size() + simdjson::SIMDJSON_PADDING);
    return Arguments::parse(parser_, bytes_);
  }
  simdjson::ondemand::parser parser_;
  std::string bytes_;
};

TEST_F(ArgumentsTest, ReadsInOrderAndTakesAbsentAsNull) {
  auto arguments = parse(R"([7,"kv.set","k\u00e5","v",null,1.5])");
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->invocation(), 7u);
  EXPECT_EQ(arguments->operation(), "kv.set");
  EXPECT_EQ(*arguments->text("key", 10), "k\xc3\xa5");
  EXPECT_EQ(*arguments->text("value", 10), "v");
  EXPECT_EQ(*arguments->textOrEmpty("keyspace", 10), "");
  EXPECT_EQ(**arguments->milliseconds("ttl"), 2);
  EXPECT_EQ(*arguments->textOrEmpty("more", 10), "");
  EXPECT_EQ(*arguments->objectOrEmpty("still more"), "{}");
}

TEST_F(ArgumentsTest, DocumentsStayTheirText) {
  const std::string document = R"({ "b" : 1e3, "a":[ 1 , 12345678901234567890123 ] })";
  auto arguments = parse(R"([0,"doc.insert",)" + document + "," + document + R"(,[{"x":1},{"y":2}],"id",{"q":1}])");
  EXPECT_EQ(*arguments->object("first"), document);
  EXPECT_EQ(arguments->documents("second")->texts, std::vector<std::string>{document});
  const auto many = arguments->documents("third");
  EXPECT_TRUE(many->many);
  EXPECT_EQ(many->texts, (std::vector<std::string>{R"({"x":1})", R"({"y":2})"}));
  EXPECT_EQ(arguments->selector("id")->id, "id");
  EXPECT_EQ(arguments->selector("query")->filter, R"({"q":1})");
}

TEST_F(ArgumentsTest, WrongKindsNameTheArgument) {
  EXPECT_EQ(parse(R"([0,"kv.get",5])")->text("key", 10).error().publicText, "key must be a text");
  EXPECT_EQ(parse(R"([0,"kv.get"])")->text("key", 10).error().publicText, "key must be a text");
  EXPECT_EQ(parse(R"([0,"kv.get","aaaa"])")->text("key", 3).error().publicText, "key must be at most 3 bytes long, and has 4");
  EXPECT_FALSE(parse(R"([0,"kv.incr","5"])")->number("by"));
  EXPECT_FALSE(parse(R"([0,"doc.find",[1]])")->object("query"));
  EXPECT_FALSE(parse(R"([0,"doc.insert",[1]])")->documents("document"));
}

TEST_F(ArgumentsTest, HostileFramesAreErrors) {
  for (const char* bad : {"", "{}", "[", "[]", "[1]", R"(["x","y"])", R"([-1,"kv.get"])", R"([4294967296,"kv.get"])", "[1,2]", "null", "[1.5,\"x\"]"}) {
    EXPECT_FALSE(parse(bad)) << bad;
  }
}

}  // namespace
}  // namespace redd::host
