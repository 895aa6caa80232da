// Archives in an S3-compatible store: put, list, get, with AWS Signature Version 4. Path style: URL/OBJECT, where URL is
// https://HOST[:PORT]/BUCKET[/PREFIX]. One PUT for an archive, so at most 5 GiB where the store keeps Amazon's limit.
//
// All calls block. Errors name the store's own code and message.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "backup/archive.h"
#include "backup/progress.h"
#include "base/result.h"

namespace redd::backup {

struct S3Store {
  std::string url, region = "us-east-1", keyId, secret;
  std::string caFile = {};
  static Result<S3Store> parse(std::string url, std::string region, std::string keyId, std::string secret);  // error names what is wrong
};

struct S3Object {
  std::string name;
  std::uint64_t bytes = 0;
};

Result<void> s3Put(const S3Store& store, const Written& archive, Progress& progress);
Result<std::vector<S3Object>> s3List(const S3Store& store);
Result<void> s3Get(const S3Store& store, const std::string& name, const std::filesystem::path& target, Progress& progress);  // not checked: Archive::open does
Result<void> s3Remove(const S3Store& store, const std::string& name);

}  // namespace redd::backup
