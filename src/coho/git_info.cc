#include "git_info.h"

#include "child_process.h"

namespace redd::coho {
namespace {

constexpr std::uint32_t kGitMs = 5'000;

std::string git(const std::filesystem::path& folder, const Environment& environment, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "git");
  const auto answer = runChild(
      {.arguments = std::move(arguments), .folder = folder, .environment = environment, .totalMs = kGitMs, .outputBytesMax = 4 << 10});
  if (!answer || answer->exitCode != 0) return {};
  auto text = answer->out;
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

GitInfo readGitInfo(const std::filesystem::path& folder, const Environment& environment) {
  const auto head = git(folder, environment, {"rev-parse", "HEAD", "--abbrev-ref", "HEAD"});
  const auto end = head.find('\n');
  if (end == std::string::npos) return {};
  return {head.substr(0, end), head.substr(end + 1), git(folder, environment, {"config", "user.name"})};
}

}  // namespace redd::coho
