// Paths, queries and host names of requests: pure functions, any thread.
//
// normalisePath() is the one path of SEC-16: authentication, hooks, routing and static files all use its value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace redd::http {

// Percent-decodes bytes; '+' stays '+'. Error: invalidArgument when an escape is malformed. The result may hold any byte.
Result<std::string> percentDecode(std::string_view text);

// The path of a request (no query) in its one spelling: escapes of unreserved characters decoded, the other escapes in upper
// case, dot segments removed (RFC 3986 5.2.4, 6.2.2). Empty segments are kept, never merged; "%2F" and "%5C" stay escaped.
// Errors (invalidArgument): not starting with '/', malformed escapes, "%00", and every byte that a URL path cannot hold raw:
// control bytes, space, bytes above 0x7e, and \ " < > # ?.
Result<std::string> normalisePath(std::string_view raw);

// "/SPACE/_A_D_M_…": the administration endpoints of the published command line (spec 70.5), reserved in every space. Of the path as
// it was sent: another spelling of the same path is none of them.
bool isAdministrationPath(std::string_view path);

// "a=1&b=%20x+y" → {"a", "1"}, {"b", " x y"}, in order, as application/x-www-form-urlencoded. A malformed escape stays as it
// is written. Empty pieces are skipped; a piece without '=' has an empty value.
struct QueryPair {
  std::string name;
  std::string value;
  std::string_view raw;  // the piece as written, inside `query`
};
std::vector<QueryPair> splitQuery(std::string_view query);

// A Host header that passed admission, split. IPv6 literals come without their brackets.
struct HostPort {
  std::string_view name;
  std::string_view port;  // digits; empty: not sent
};
HostPort splitHost(std::string_view host);

// Host[:port] as a Host header may spell it: name of letters, digits, '-', '.', '_', an IPv4 address or "[IPv6]"; port 0..65535.
bool isValidHost(std::string_view host);

// `name` in lower case, as splitHost gives it.
bool isLoopbackName(std::string_view name);    // localhost, *.localhost, 127.0.0.0/8, ::1
bool isAddressLiteral(std::string_view name);  // IPv4 dotted quad or IPv6

}  // namespace redd::http
