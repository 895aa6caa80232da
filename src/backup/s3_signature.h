// AWS Signature Version 4 of one request. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace redd::backup {

struct S3Request {
  std::string method;
  std::string path;                            // as it is sent: percent-encoded, begins with '/'
  std::map<std::string, std::string> query;    // decoded
  std::map<std::string, std::string> headers;  // those that are signed, lower case; with host, x-amz-date, x-amz-content-sha256
};

std::string s3Escape(std::string_view text, std::string_view keep = {});  // of a path: keep "/"
std::string s3Query(const std::map<std::string, std::string>& query);    // a=b&c=d, in the signature's order
std::string s3Time(UnixMs at);                                           // 20130524T000000Z
// The Authorization header.
std::string s3Authorization(const S3Request& request, std::string_view region, std::string_view keyId, std::string_view secret);

}  // namespace redd::backup
