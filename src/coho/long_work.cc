#include "long_work.h"

#include <fmt/format.h>

#include <fstream>
#include <iostream>

#include "text.h"

namespace redd::coho {
namespace {

constexpr std::size_t kLineBytesMax = 8 << 20;

Result<Json> outcomeOf(const std::string& line) {
  REDD_TRY(auto json, parseJson(line));
  const auto error = textOf(json, "error");
  if (!error.empty()) return Error::make(ErrorCode::internal, error);
  return json;
}

}  // namespace

Result<Json> followWork(const Context& context, const Client& client, Request request, std::string_view verb) {
  request.totalMs = 0;
  std::string rest, last;
  const auto downloaded = client.download(std::move(request), [&](std::string_view piece) {
    rest += piece;
    for (auto end = rest.find('\n'); end != std::string::npos; end = rest.find('\n')) {
      last = rest.substr(0, end);
      rest.erase(0, end + 1);
      const auto line = parseJson(last);
      if (!line || !line->is_object() || !line->contains("done")) continue;
      const auto done = static_cast<std::size_t>(numberOf(*line, "done")), total = static_cast<std::size_t>(numberOf(*line, "total"));
      context.terminal.progress(fmt::format("{} {}{}", verb, sizeText(done), total > 0 ? " of about " + sizeText(std::max(done, total)) : ""));
    }
    return rest.size() < kLineBytesMax;
  });
  context.terminal.clearProgress();
  REDD_TRY_VOID(downloaded);
  return outcomeOf(last);
}

Result<Json> lastLine(std::string_view lines) {
  while (lines.ends_with('\n')) lines.remove_suffix(1);
  return outcomeOf(std::string(lines.substr(lines.rfind('\n') + 1)));
}

Result<std::string> passphraseFrom(const Context& context, const std::string& file) {
  std::string line;
  if (file.empty()) return line;
  std::ifstream opened;
  if (file != "-") opened.open(context.folder / file);
  if (!std::getline(file == "-" ? std::cin : opened, line) || line.empty()) return invalid(fmt::format("{} holds no passphrase", inertLine(file)));
  return line;
}

}  // namespace redd::coho
