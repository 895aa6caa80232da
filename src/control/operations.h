// The one table of operations: name, where it is found, what it takes, who may, what it does. The doors (REST, GraphQL,
// the _A_D_M_ endpoints of the published command line) only translate to and from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "account/principal.h"
#include "arguments.h"
#include "base/result.h"
#include "base/task.h"
#include "http/message.h"
#include "http/server.h"
#include "services.h"

namespace redd::control {

// What a caller must be (account/principal.h): anyone; somebody with an account, or a team's token; a person, with a credential that reaches
// as far as they do; somebody with this role in the project or team that the path names; the server's owner.
enum class Permission : std::uint8_t { anyone, account, person, viewer, developer, owner, server };
enum class Effect : std::uint8_t { read, write };
// 1 MiB; Limits::bufferedBodyBytesMax; Limits::deployBodyBytesMax; streamed: the handler reads it, and the arguments stand in the query.
enum class BodySize : std::uint8_t { small, data, deploy, streamed };

// One call of an operation: who calls, under which Host, from where, with what.
struct Call {
  Services& services;
  account::Principal caller;
  http::ClientSide client;  // its host and proto decide which addresses an answer names
  Arguments arguments;

  // The space that the path parameters name.
  Result<space::SpacePtr> space() const {
    return space::findSpace(*services.catalogue.snapshot(), arguments.text("project"), arguments.text("space"));
  }
};

struct Answer {
  std::string body;
  int status = 0;  // 0: the row's own
  std::string contentType = "application/json";
  std::string actorId = {};  // of an operation that anyone may call: who it was, for the audit log
};

using Run = Task<Result<Answer>> (*)(Call call);
using Stream = Task<void> (*)(Call call, http::Exchange& exchange);  // answers by itself, for as long as it likes

struct Operation {
  std::string_view name;
  std::string_view method;
  std::string_view path;  // {project} is a parameter: one segment
  Permission permission;
  Effect effect;
  std::string_view summary;
  std::vector<Argument> arguments;
  Run run = nullptr;        // this
  Stream stream = nullptr;  // or this
  int status = 200;
  BodySize bodySize = BodySize::small;
  std::string_view archiveType = {};  // a body of this content type becomes the argument "archive" as it came, instead of the others
};

const std::vector<Operation>& operations();
const Operation* findOperation(std::string_view name);  // nullptr: none of that name

// The operations at a path, whatever their method, with the path's parameters. At most one per method.
struct Match {
  const Operation* operation;
  Arguments parameters;
};
Result<std::vector<Match>> matchPath(std::string_view path);  // invalidArgument: broken percent-encoding

}  // namespace redd::control
