// Answers that tell how far they are, a JSON object a line: {"done":BYTES,"total":BYTES} and at last the outcome, or an error.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "context.h"
#include "json_text.h"

namespace redd::coho {

// Shows the progress on a terminal; the last line.
Result<Json> followWork(const Context& context, const Client& client, Request request, std::string_view verb);
// The same of an answer that is there already, and of which nobody saw the lines come.
Result<Json> lastLine(std::string_view lines);

// The first line of the file (- is standard input): secrets are never arguments. "" without a file.
Result<std::string> passphraseFrom(const Context& context, const std::string& file);

}  // namespace redd::coho
