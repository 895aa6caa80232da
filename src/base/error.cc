#include "base/result.h"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace redd {
namespace {

struct CodeRow {
  ErrorCode code;
  int status;
  std::string_view name;
  std::string_view text;
};

constexpr std::array<CodeRow, 13> kCodes{{
    {ErrorCode::invalidArgument, 400, "invalid_argument", "Bad request"},
    {ErrorCode::unauthorized, 401, "unauthorized", "Not authenticated"},
    {ErrorCode::forbidden, 403, "forbidden", "Not allowed"},
    {ErrorCode::notFound, 404, "not_found", "Not found"},
    {ErrorCode::alreadyExists, 409, "already_exists", "Already exists"},
    {ErrorCode::payloadTooLarge, 413, "payload_too_large", "Payload too large"},
    {ErrorCode::tooManyRequests, 429, "too_many_requests", "Too many requests"},
    {ErrorCode::internal, 500, "internal", "Internal error"},
    {ErrorCode::workerFailed, 502, "worker_failed", "Function crashed"},
    {ErrorCode::unavailable, 503, "unavailable", "Temporarily unavailable"},
    {ErrorCode::timeout, 504, "timeout", "Function timeout"},
    {ErrorCode::storageFull, 507, "storage_full", "Storage is full"},
    {ErrorCode::cancelled, 499, "cancelled", "Cancelled"},
}};

const CodeRow& row(ErrorCode code) { return kCodes.at(static_cast<std::size_t>(code)); }

}  // namespace

std::string_view name(ErrorCode code) { return row(code).name; }
int httpStatus(ErrorCode code) { return row(code).status; }
std::string_view Error::text() const { return publicText.empty() ? row(code).text : std::string_view(publicText); }

void checkFailed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "redd: broken promise: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace redd
