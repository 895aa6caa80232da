// Why something does not work: a token, a space's refusals, its key set, and the doctor, who looks at all of it. And what guards secrets.
// Their parsing stands in auth_command_line.cc.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "context.h"

namespace redd::coho {

// commands/auth.cc
Result<void> explainToken(const Context& context, const std::string& token);  // "-": from standard input. alreadyTold() when it is refused
Result<void> listRefusals(const Context& context, std::uint32_t count);
enum class KeySetFetch { never, whenDue };
Result<void> authStatus(const Context& context, KeySetFetch fetch);
Result<void> rotateSecrets(const Context& context);

// commands/doctor.cc: the project folder, the login, the server and the space, each line ✓, ! or ✗ with the fix. alreadyTold() when a line is ✗.
Result<void> doctor(const Context& context);

}  // namespace redd::coho
