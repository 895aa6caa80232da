// What can happen: Result<T> and Error.
//
// A function that can fail for a reason outside our control returns Result<T>; a promise that we broke ourselves is
// REDD_CHECK, which is on in every build and ends the process. Exceptions are not part of any interface of ours; where a
// library throws, the call is wrapped at that spot. An error is logged where it is handled, once.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace redd {

// One code per way in which a caller reacts. Mapped to HTTP in httpStatus(), to JavaScript errors in host/errors.h.
enum class ErrorCode : std::uint8_t {
  invalidArgument,   // 400: what was sent cannot be understood
  unauthorized,      // 401
  forbidden,         // 403
  notFound,          // 404
  alreadyExists,     // 409
  payloadTooLarge,   // 413
  tooManyRequests,   // 429
  internal,          // 500
  workerFailed,      // 502: the script's process died
  unavailable,       // 503: try again
  timeout,           // 504
  storageFull,       // 507
  cancelled,         // the caller left; nobody is there to be told
};

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string detail;      // for the log: everything known
  std::string publicText;  // for the caller; empty: the code's own text
  std::string members{};   // for the caller: more members of a JSON error object, as in "schemaError":[…]

  static Error make(ErrorCode code, std::string text) { return Error{code, text, std::move(text), {}}; }
  static Error hidden(ErrorCode code, std::string detail) { return Error{code, std::move(detail), {}, {}}; }
  std::string_view text() const;  // publicText, or the code's own text
};

std::string_view name(ErrorCode code);
int httpStatus(ErrorCode code);  // the one place where codes become HTTP statuses

template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
  Result(Error error) : std::expected<T, Error>(std::unexpect, std::move(error)) {}
};

inline Error invalid(std::string text) { return Error::make(ErrorCode::invalidArgument, std::move(text)); }
inline Error notFound(std::string text) { return Error::make(ErrorCode::notFound, std::move(text)); }

[[noreturn]] void checkFailed(const char* expression, const char* file, int line);

}  // namespace redd

#define REDD_CHECK(expression) ((expression) ? void(0) : ::redd::checkFailed(#expression, __FILE__, __LINE__))

#define REDD_CONCAT_(a, b) a##b
#define REDD_CONCAT(a, b) REDD_CONCAT_(a, b)
#define REDD_TRY_(tmp, leave, target, expression) \
  auto tmp = (expression);                        \
  if (!tmp) leave std::move(tmp).error();         \
  target = *std::move(tmp)
// REDD_TRY(auto x, f()); takes the value or returns the error. REDD_CO_TRY does so in a coroutine.
#define REDD_TRY(target, expression) REDD_TRY_(REDD_CONCAT(redd_try_, __LINE__), return, target, expression)
#define REDD_CO_TRY(target, expression) REDD_TRY_(REDD_CONCAT(redd_try_, __LINE__), co_return, target, expression)
// The same where there is no value to keep.
#define REDD_TRY_VOID(expression) \
  if (auto redd_result = (expression); !redd_result) return std::move(redd_result).error()
#define REDD_CO_TRY_VOID(expression) \
  if (auto redd_result = (expression); !redd_result) co_return std::move(redd_result).error()
