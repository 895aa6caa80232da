// F-1, F-3: admission of a head. The answer must not depend on how the bytes arrive, and what is admitted must be what it claims.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "head.h"
#include "http/url.h"

namespace {

using redd::http::HeadReader;

void require(bool condition) {
  if (!condition) std::abort();
}

HeadReader::State readInPieces(HeadReader& reader, std::string_view input, std::size_t piece) {
  auto state = HeadReader::State::more;
  for (std::size_t end = 0; end < input.size() && state == HeadReader::State::more;) {
    end = std::min(end + piece, input.size());
    state = reader.feed(input.substr(0, end));
  }
  return state;
}

void checkAdmitted(const HeadReader& reader, std::string_view input, const redd::Limits& limits) {
  const auto& head = reader.head();
  require(reader.headBytes() <= input.size() && reader.headBytes() <= limits.headBytesMax);
  require(input.substr(0, reader.headBytes()).ends_with("\r\n\r\n"));
  require(!head.method.empty() && head.method != "CONNECT" && head.method != "TRACE");
  require(head.target == "*" || head.target.starts_with('/'));
  require(head.target.find_first_of(std::string_view("\0\r\n #", 5)) == std::string::npos);
  require(!head.chunked || !head.contentLength);
  require(head.headers.count("host") <= 1 && head.headers.count("content-length") <= 1 && head.headers.count("transfer-encoding") <= 1);
  require(head.headers.size() <= limits.headerCountMax);
  for (const auto& [name, value] : head.headers) {
    require(!name.empty() && name.find_first_of(": \t\r\n") == std::string::npos);
    require(value.find_first_of(std::string_view("\0\r\n", 3)) == std::string::npos);
  }
  if (head.target != "*") {
    const auto path = redd::http::normalisePath(head.path());
    require(path && *redd::http::normalisePath(*path) == *path);
    require((*path + "/").find("/../") == std::string::npos);
    (void)redd::http::splitQuery(head.query());
  }
  if (!head.host.empty()) require(redd::http::isValidHost(head.host));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  redd::Limits limits;
  limits.headBytesMax = 4096;
  limits.headerBytesMax = 1024;
  limits.requestLineBytesMax = 512;
  limits.headerCountMax = 16;
  HeadReader whole(limits);
  const auto state = size == 0 ? HeadReader::State::more : whole.feed(input);
  for (const std::size_t piece : {1u, 7u}) {
    HeadReader slow(limits);
    require(readInPieces(slow, input, piece) == state);
    if (state == HeadReader::State::refused) require(slow.refusal().status == whole.refusal().status);
    if (state == HeadReader::State::done) require(slow.headBytes() == whole.headBytes() && slow.head().target == whole.head().target);
  }
  if (state == HeadReader::State::done) checkAdmitted(whole, input, limits);
  return 0;
}
