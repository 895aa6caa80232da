#include "s3_signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redd::backup {
namespace {

using ::testing::EndsWith;
constexpr const char* kEmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

// The examples of Amazon's documentation, "Signature Calculations for the Authorization Header".
std::string signatureOf(S3Request request) {
  request.headers["host"] = "examplebucket.s3.amazonaws.com";
  request.headers["x-amz-date"] = "20130524T000000Z";
  request.headers.emplace("x-amz-content-sha256", kEmptyHash);
  return s3Authorization(request, "us-east-1", "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
}

TEST(S3Signature, GetAnObject) {
  EXPECT_THAT(signatureOf({"GET", "/test.txt", {}, {{"range", "bytes=0-9"}}}),
              EndsWith("Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"));
}

TEST(S3Signature, PutAnObject) {
  EXPECT_THAT(signatureOf({"PUT", "/" + s3Escape("test$file.text", "/"), {},
                           {{"date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
                            {"x-amz-content-sha256", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"}}}),
              EndsWith("Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));
}

TEST(S3Signature, ListABucket) {
  EXPECT_THAT(signatureOf({"GET", "/", {{"max-keys", "2"}, {"prefix", "J"}}, {}}),
              EndsWith("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));
}

TEST(S3Signature, Time) { EXPECT_EQ(s3Time(1'369'353'600'000), "20130524T000000Z"); }

}  // namespace
}  // namespace redd::backup
