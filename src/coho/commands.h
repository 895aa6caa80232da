// The commands, one function each. They print their result and answer whether it worked; main.cc parses arguments into these structs,
// prints errors and picks the exit code. Names, options and messages follow spec 70.12 and 70.13.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "context.h"

namespace redd::coho {

// commands/create.cc
enum class Starter { files, none };
struct CreateArguments {
  std::string name;
  Starter starter = Starter::files;
};
Result<void> create(const Context& context, const CreateArguments& arguments);
Result<void> init(const Context& context, const CreateArguments& arguments);  // an empty name: the folder's

// commands/spaces.cc
struct AddArguments {
  std::string space;
  bool isRestricted = false;  // open to the owners of the project's team only; nothing changes it later
};
Result<void> addSpace(const Context& context, const AddArguments& arguments);
Result<void> useSpace(const Context& context, const std::string& space);
Result<void> listProjects(const Context& context);

// commands/info.cc
enum class Keys { masked, shown };
Result<void> info(const Context& context, Keys keys);

// commands/deploy.cc
struct DeployArguments {
  std::string main;
};
Result<void> deploy(const Context& context, const DeployArguments& arguments);

// commands/settings.cc
struct JwksArguments {
  std::string url;  // empty: remove
  std::string issuer;
  std::vector<std::string> audience;
  std::vector<std::string> algorithms;  // empty: all that the server accepts
  bool isDryRun = false;                 // only say whom it would refuse
};
enum class Secrecy { plain, encrypted };
struct EnvArguments {
  std::string name;
  std::optional<std::string> value;  // absent: read from standard input
  Secrecy secrecy = Secrecy::plain;
};
Result<void> setJwks(const Context& context, const JwksArguments& arguments);
Result<void> setEnv(const Context& context, const EnvArguments& arguments);
// One text of a list that a space holds: an allowed host or an origin.
struct ListArguments {
  std::string value;  // empty: show the list
};
Result<void> whitelist(const Context& context, const ListArguments& arguments);
Result<void> removeWhitelist(const Context& context, const ListArguments& arguments);
Result<void> domain(const Context& context, const ListArguments& arguments);
Result<void> removeDomain(const Context& context, const ListArguments& arguments);
Result<void> cors(const Context& context, const ListArguments& arguments);
Result<void> removeCors(const Context& context, const ListArguments& arguments);
Result<void> removeEnv(const Context& context, const std::string& name);

// commands/tokens.cc
struct TokenArguments {
  std::string access = "READWRITE";
  std::string description;
};
Result<void> listTokens(const Context& context, Keys keys);
Result<void> addToken(const Context& context, const TokenArguments& arguments);
Result<void> removeToken(const Context& context, const std::string& key);  // or the only key that begins so
std::string maskedKey(const std::string& key);

// commands/log.cc
enum class Following { no, yes };
struct LogArguments {
  std::uint32_t tail = 20;
  std::string logContext, level, requestId, text;  // "" all; the server filters
  Following following = Following::no;
};
Result<void> log(const Context& context, const LogArguments& arguments);

}  // namespace redd::coho
