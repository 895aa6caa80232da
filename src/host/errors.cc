#include "errors.h"

#include <fmt/format.h>

#include "base/json.h"

namespace redd::host {
namespace {

struct Row {
  int code;
  std::string_view name;
};

Row rowOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::cancelled: return {1, "CANCELLED"};
    case ErrorCode::invalidArgument: return {3, "INVALID_ARGUMENT"};
    case ErrorCode::timeout: return {4, "DEADLINE_EXCEEDED"};
    case ErrorCode::notFound: return {5, "NOT_FOUND"};
    case ErrorCode::alreadyExists: return {6, "ALREADY_EXISTS"};
    case ErrorCode::forbidden: return {7, "PERMISSION_DENIED"};
    case ErrorCode::payloadTooLarge:
    case ErrorCode::tooManyRequests:
    case ErrorCode::storageFull: return {8, "RESOURCE_EXHAUSTED"};
    case ErrorCode::internal:
    case ErrorCode::workerFailed: return {13, "INTERNAL"};
    case ErrorCode::unavailable: return {14, "UNAVAILABLE"};
    case ErrorCode::unauthorized: return {16, "UNAUTHENTICATED"};
  }
  return {13, "INTERNAL"};
}

}  // namespace

worker::CallReply errorReply(const Error& error) {
  const Row row = rowOf(error.code);
  const std::string prefix = fmt::format("{} {}", row.code, row.name);
  std::string message(error.text());
  // The text for a wrong $inc stands alone, as on the original platform.
  // What comes with members of its own (schemaError) is known by them.
  if (!message.starts_with(prefix) && !message.starts_with("The value of $inc") && error.members.empty()) message = fmt::format("{}: {}", prefix, message);
  return {worker::CallReply::Kind::error,
          fmt::format(R"({{"message":{},"code":{},"status":{}{}{}}})", json::quoted(message), row.code, httpStatus(error.code),
                      error.members.empty() ? "" : ",", error.members)};
}

}  // namespace redd::host
