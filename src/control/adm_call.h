// One request to an _A_D_M_ endpoint (spec 70.5 to 70.11): what its target says, and the way from there to the operations. The
// endpoints (adm_endpoints.h) translate: the published client's form in, the operations' arguments out, and back.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "account/principal.h"
#include "dispatcher.h"
#include "http/server.h"
#include "operations.h"

namespace redd::control {

// "/dev/_A_D_M_query/pets" → {"dev", "query", "pets"}. Errors: invalidArgument (a malformed path), notFound (more or fewer segments).
struct AdmTarget {
  std::string space;
  std::string endpoint;  // without its prefix
  std::string rest;      // the segment behind it; "" none
};
Result<AdmTarget> admTarget(std::string_view path);

// The client writes keys and JSON into queries as they are: '+' is a plus, and what stands behind '&' belongs to the value before it
// unless it begins with the name of a parameter. Escapes are decoded. Error: invalidArgument, no UTF-8.
struct AdmQuery {
  std::vector<std::pair<std::string, std::string>> values;
  std::string get(std::string_view name) const;  // "" when it is not there
};
Result<AdmQuery> admQuery(std::string_view query, std::initializer_list<std::string_view> names);

// A header's value as text: UTF-8, or Latin-1 as Node's HTTP client writes it.
std::string headerText(std::string_view value);

class AdmCall {
 public:
  AdmCall(Services& services, Dispatcher& dispatcher, http::Exchange& exchange, AdmTarget target, std::string project)
      : services(services), dispatcher(dispatcher), exchange(exchange), target(std::move(target)), project_(std::move(project)) {}

  // A call of an operation on the space that the request names.
  Call call(Arguments arguments = {}) const;
  // Of the operation of that name. An answer of a status above 299 is one too: it is the operation's own.
  Task<Result<Answer>> run(std::string_view operation, Arguments arguments) const;
  // `through`: the exchange that the operation sees.
  Task<Result<void>> stream(std::string_view operation, Arguments arguments, http::Exchange& through) const;

  const http::RequestHead& head() const { return exchange.head(); }
  // One JSON object, as Arguments::addJson reads it.
  Task<Result<Arguments>> bodyArguments(std::uint64_t bytesMax, std::vector<Argument> declared) const;
  Task<Result<void>> print(std::string json) const;  // 200

  Services& services;
  Dispatcher& dispatcher;
  http::Exchange& exchange;
  AdmTarget target;
  account::Principal caller;

 private:
  std::string project_;
};

inline bool isGood(const Answer& answer) { return answer.status >= 200 && answer.status < 300; }

}  // namespace redd::control
