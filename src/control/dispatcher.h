// The one way to an operation, whichever door a request came through: who calls, may they, run it, write the audit line, count. A door
// reads its own form of a request, and prints the answer in its own.
//
// Belongs to the loop of Control.
#pragma once

#include <string>
#include <string_view>

#include "account/accounts.h"
#include "account/principal.h"
#include "base/result.h"
#include "http/message.h"
#include "http/server.h"
#include "operations.h"

namespace redd::control {

// Is a space of a project in which `caller` has a role open to them? Restricted spaces, and tokens of one space.
bool reaches(const account::Directory& directory, const account::Principal& caller, const space::Project& project, const space::Space& space);

class Dispatcher {
 public:
  explicit Dispatcher(Services& services) : services_(services) {}

  // Whose credential a request carries (Authorization: Bearer, or x-admintoken). Nobody's when it has none; unauthorized: more than
  // one, not well formed, unknown, expired or revoked.
  Result<account::Principal> identify(const http::RequestHead& head) const;

  // May `caller` do this to what the path parameters name? unauthorized: nobody calls; forbidden: names the role that it
  // takes; notFound: a project or team in which the caller has no role at all.
  Result<void> permit(const Operation& operation, const account::Principal& caller, const Arguments& parameters) const;

  // Both permit first. Exactly one of them fits an operation: run() one with Operation::run, stream() one with Operation::stream, and
  // then it is the operation that answers, but for a refusal, which is returned and leaves the exchange untouched.
  Task<Result<Answer>> run(const Operation& operation, Call call);
  Task<Result<void>> stream(const Operation& operation, Call call, http::Exchange& exchange);

  // A request that came to no operation, for the audit line and the counters.
  void refused(const Operation& operation, const Call& call, const Error& error) const;

 private:
  struct Noted {
    const Operation* operation;
    account::AuditEvent event;  // never a value
  };
  static Noted begin(const Operation& operation, const Call& call);
  static bool isAudited(const Noted& noted);
  void count(const Noted& noted) const;  // counters, and a line of the server's own log
  void post(Noted noted) const;          // into the audit log, without waiting

  Services& services_;
};

}  // namespace redd::control
