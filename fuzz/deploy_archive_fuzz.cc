// The reader of deploy archives: what it takes are different, plain paths, and content that stands in the input.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "deploy_archive.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto archive = redd::control::readDeployArchive(input, redd::Limits{});
  if (!archive) {
    if (archive.error().code != redd::ErrorCode::invalidArgument || archive.error().text().empty()) std::abort();
    return 0;
  }
  std::set<std::string> seen;
  std::size_t bytes = 0;
  for (const auto& [path, content] : archive->files) {
    if (!path.starts_with('/') || path.ends_with('/') || path.contains('\\') || path.contains('\0') || path.size() > 1024) std::abort();
    if ((path + '/').contains("/../") || path.contains("//") || !seen.insert(path).second) std::abort();
    bytes += content.size();
  }
  if (bytes + archive->description.size() > size) std::abort();
  return 0;
}
