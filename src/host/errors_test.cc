#include "errors.h"

#include <gtest/gtest.h>

namespace redd::host {
namespace {

TEST(Errors, AreJavaScriptErrorsOfTheSpecification) {
  EXPECT_EQ(errorReply(notFound("Not found")).json, R"({"message":"5 NOT_FOUND: Not found","code":5,"status":404})");
  EXPECT_EQ(errorReply(Error::make(ErrorCode::alreadyExists, "6 ALREADY_EXISTS: duplicate _id")).json,
            R"({"message":"6 ALREADY_EXISTS: duplicate _id","code":6,"status":409})");
  EXPECT_EQ(errorReply(invalid("The value of $inc must be an object where each property is a number")).json,
            R"({"message":"The value of $inc must be an object where each property is a number","code":3,"status":400})");
}

TEST(Errors, HiddenDetailsStayHidden) {
  EXPECT_EQ(errorReply(Error::hidden(ErrorCode::internal, "disk /secret/path")).json, R"({"message":"13 INTERNAL: Internal error","code":13,"status":500})");
}

}  // namespace
}  // namespace redd::host
